// What a task can see and do: the real sandbox, asked from inside.
#include <sys/stat.h>

#include "local_machine.h"

namespace cloudbrain {
namespace {

using testing::kMiB;
using testing::LocalMachine;

TEST(Isolation, ArgumentsArriveByteForByte) {
  LocalMachine machine;
  const std::vector<std::string> values{"a b",    "'\"",     "line\nbreak", "$(touch /output/x)",
                                        "`id`",   "中文 值", "--",          "-rf",
                                        "--=x",   "",        "*",           "\\n",
                                        "a;b&&c", "{$HOME}"};
  std::vector<std::string> argv{"python3", "-c", "import sys; print(repr(sys.argv[1:]))"};
  argv.insert(argv.end(), values.begin(), values.end());
  const auto outcome = machine.run(machine.launch(argv));
  EXPECT_EQ(
      outcome.log,
      "['a b', '\\'\"', 'line\\nbreak', '$(touch /output/x)', '`id`', '中文 值', '--', '-rf', "
      "'--=x', '', '*', '\\\\n', 'a;b&&c', '{$HOME}']\n");
}

TEST(Isolation, TheEnvironmentIsTheOneGivenAndNothingElse) {
  LocalMachine machine;
  ::setenv("CLOUDBRAIN_SECRET", "of the server", 1);  // NOLINT(concurrency-mt-unsafe)
  Launch launch = machine.launch({"/usr/bin/env"});
  launch.environment = {{"A", "x y\nz"}, {"LD_PRELOAD", "/nowhere.so"}, {"LANG", "zh_CN.UTF-8"}};
  const auto outcome = machine.run(launch);
  ::unsetenv("CLOUDBRAIN_SECRET");  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(outcome.end.cause, EndCause::exited) << "a loader's variable is the script's alone";
  EXPECT_NE(outcome.log.find("A=x y\nz\n"), std::string::npos);
  EXPECT_NE(outcome.log.find("LD_PRELOAD=/nowhere.so\n"), std::string::npos);
  EXPECT_NE(outcome.log.find("LANG=zh_CN.UTF-8\n"), std::string::npos);
  EXPECT_NE(outcome.log.find("HOME=/home/task\n"), std::string::npos);
  EXPECT_NE(outcome.log.find("USER=task\n"), std::string::npos);
  EXPECT_NE(outcome.log.find("OMP_NUM_THREADS=1\n"), std::string::npos);
  EXPECT_EQ(outcome.log.find("SECRET"), std::string::npos);
}

TEST(Isolation, ATaskIsNotRootInsideOrOutside) {
  LocalMachine machine;
  const Launch launch = machine.shell(
      "id -u; id -un; id -G; grep -E 'Cap|NoNewPrivs' /proc/self/status; "
      "touch /output/mine; (exec 2>&-; setpriv --reuid 0 true) || echo no");
  const auto outcome = machine.run(launch);
  const std::string uid = std::to_string(task_user().uid);
  EXPECT_TRUE(outcome.log.starts_with(uid + "\ntask\n")) << outcome.log;
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
    EXPECT_NE(outcome.log.find(std::string(set) + ":\t0000000000000000"), std::string::npos) << set;
  }
  if (task_user().own_user) {
    EXPECT_NE(outcome.log.find("CapBnd:\t0000000000000000"), std::string::npos);
  }
  EXPECT_NE(outcome.log.find("NoNewPrivs:\t1"), std::string::npos);
  EXPECT_TRUE(outcome.log.ends_with("no\n"));
  struct stat status{};
  ASSERT_EQ(::stat((machine.folder_of(launch.task).output() / "mine").c_str(), &status), 0);
  EXPECT_NE(status.st_uid, 0U);
  EXPECT_EQ(status.st_uid, task_user().own_user ? task_user().uid : ::geteuid());
}

TEST(Isolation, NothingOfTheHostsUsersOrTheServerIsSeen) {
  LocalMachine machine;
  const Launch other = machine.launch({"true"});
  write_file_atomic(machine.folder_of(other.task).output() / "secret", "x", Durable::no);
  const std::string hidden = machine.directory();
  const auto outcome =
      machine.run_shell("ls /root /home /srv /var /mnt /media /opt /boot " + hidden +
                        " 2>&1; cat /etc/shadow 2>&1; "
                        "cat /etc/passwd; ls / /etc | tr '\\n' ' '; cat /proc/1/environ 2>&1; ls "
                        "/proc | grep -c '^[0-9]'");
  EXPECT_EQ(outcome.log.find("secret"), std::string::npos);
  EXPECT_NE(outcome.log.find("'" + hidden + "': No such file"), std::string::npos) << outcome.log;
  EXPECT_NE(outcome.log.find("'/root': No such file"), std::string::npos) << outcome.log;
  EXPECT_NE(outcome.log.find("/etc/shadow: No such file"), std::string::npos) << outcome.log;
  EXPECT_NE(outcome.log.find("/proc/1/environ: Permission denied"), std::string::npos)
      << outcome.log;
  EXPECT_EQ(outcome.log.find("shadow-"), std::string::npos);
  // Its own few processes and nobody else's.
  EXPECT_LT(std::stoi(outcome.log.substr(outcome.log.rfind('\n', outcome.log.size() - 2) + 1)), 8);
}

TEST(Isolation, ReadOnlyIsReadOnlyAndWritableIsWritable) {
  LocalMachine machine;
  Launch launch = machine.shell(
      "for d in /usr /usr/bin /etc /bin / /data /data/sub /run /var; do touch $d/x 2>/dev/null && "
      "echo "
      "wrote $d; done; for d in /output /tmp /var/tmp /home/task /dev/shm /scratch; do touch $d/x "
      "|| echo "
      "not $d; done; cat /data/file");
  const fs::path data = machine.directory() / "data";
  make_directories(data / "sub");
  write_file_atomic(data / "file", "content", Durable::no);
  ::chmod((data / "sub").c_str(), 0777);
  const fs::path scratch = machine.directory() / "scratch";
  make_directories(scratch);
  ::chmod(scratch.c_str(), 0777);
  launch.mounts.push_back({data, "/data", true});
  launch.mounts.push_back({scratch, "/scratch", false});
  const auto outcome = machine.run(launch);
  EXPECT_EQ(outcome.log, "content");
}

TEST(Isolation, MountsComeInTheirOrderAndMayLieInEachOther) {
  LocalMachine machine;
  Launch launch = machine.shell("cat /tmp/code/train.py /cache/dataset/marker; ls /cache/dataset");
  for (const char* name : {"tmp", "code", "cache", "dataset"})
    make_directories(machine.directory() / name);
  write_file_atomic(machine.directory() / "code/train.py", "train ", Durable::no);
  write_file_atomic(machine.directory() / "empty", "marker ", Durable::no);
  launch.mounts = {{machine.directory() / "tmp", "/tmp", false},
                   {machine.directory() / "code", "/tmp/code", true},
                   {machine.directory() / "cache", "/cache", false},
                   {machine.directory() / "empty", "/cache/dataset/marker", true}};
  launch.working_directory = "/tmp/code";
  EXPECT_EQ(machine.run(launch).log, "train marker marker\n");
}

TEST(Isolation, MountsNamespacesAndTheKernelAreOutOfReach) {
  LocalMachine machine;
  const auto outcome = machine.run(machine.launch({"python3", "-c", R"(
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    result = getattr(libc, name)(*args)
    return 'ok' if result >= 0 else errno.errorcode[ctypes.get_errno()]
print('mount', call('mount', b'none', b'/tmp', b'tmpfs', 0, None))
print('umount', call('umount2', b'/proc', 2))
print('unshare user', call('unshare', 0x10000000))
print('unshare mount', call('unshare', 0x20000))
print('setns', call('setns', 0, 0))
print('chroot', call('chroot', b'/tmp'))
print('clone newuser', call('syscall', 56, 0x10000000 | 17, 0, 0, 0, 0) if platform.machine() == 'x86_64' else 'EPERM')
print('bpf', call('syscall', 321, 0, 0, 0) if platform.machine() == 'x86_64' else 'EPERM')
print('io_uring', call('syscall', 425, 1, 0))
print('clone3', call('syscall', 435, 0, 0))
print('vsock', call('socket', 40, 1, 0))
print('ptrace init', call('ptrace', 16, 1, 0, 0))
print('kill init', call('kill', 1, 9))
print('threads', end=' ')
import threading
t = threading.Thread(target=lambda: print('ok')); t.start(); t.join()
)"}));
  EXPECT_EQ(outcome.log,
            "mount EPERM\numount EPERM\nunshare user EPERM\nunshare mount EPERM\nsetns EPERM\n"
            "chroot EPERM\nclone newuser EPERM\nbpf EPERM\nio_uring ENOSYS\nclone3 ENOSYS\n"
            "vsock EPERM\nptrace init EPERM\nkill init ok\nthreads ok\n");
  EXPECT_EQ(outcome.end.exit_code, 0) << "init does not die of its own sandbox's signals";
}

TEST(Isolation, SharedMemoryHasTheSizeOfTheSpec) {
  LocalMachine machine;
  Launch launch = machine.shell(
      "df -B1 --output=size /dev/shm | tail -1; "
      "head -c 20000000 /dev/zero > /dev/shm/x || echo full");
  launch.limits.shared_memory_bytes = 16 * kMiB;
  const auto outcome = machine.run(launch);
  EXPECT_NE(outcome.log.find(std::to_string(16 * kMiB)), std::string::npos) << outcome.log;
  EXPECT_TRUE(outcome.log.ends_with("full\n"));
}

TEST(Isolation, WithoutNetworkThereIsNothingButLoopback) {
  LocalMachine machine;
  const std::string script =
      "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | tr '\\n' ' '; wc -c < "
      "/etc/resolv.conf; "
      "python3 -c \"import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); "
      "socket.create_connection(s.getsockname()); print('loopback')\"";
  Launch launch = machine.shell(script);
  launch.network = false;
  EXPECT_EQ(machine.run(launch).log, "lo 0\nloopback\n");
}

TEST(Isolation, TheMachineIsNamedAfterTheTask) {
  LocalMachine machine;
  const Launch launch = machine.launch({"uname", "-n"});
  EXPECT_EQ(machine.run(launch).log, "task-" + std::to_string(launch.task.value) + "\n");
}

TEST(Isolation, TheHostsPythonWorksWithItsLibrariesAndCertificates) {
  LocalMachine machine;
  const auto outcome =
      machine.run(machine.launch({"python3", "-c",
                                  "import ssl, os, pwd, multiprocessing as m\n"
                                  "print(len(ssl.create_default_context().get_ca_certs()) > 0 or "
                                  "len(os.listdir('/etc/ssl/certs')) > 0)\n"
                                  "print(pwd.getpwuid(os.getuid()).pw_name)\n"
                                  "q = m.Queue(); p = m.Process(target=q.put, args=('from a "
                                  "child',)); p.start(); print(q.get())\n"}));
  EXPECT_EQ(outcome.log, "True\ntask\nfrom a child\n");
}

}  // namespace
}  // namespace cloudbrain
