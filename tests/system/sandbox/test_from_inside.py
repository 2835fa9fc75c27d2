"""What a hostile script tries from inside its sandbox: each try fails, and the machine and its neighbours go on."""

import json
import os
import socket

import pytest

from projects import Project
from running_server import serving
from traces import processes_naming, status_of, until

TRY = """
import ctypes, errno, json, os, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def attempt(action):
    try:
        return str(action())[:200]
    except Exception as error:
        return type(error).__name__
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    return errno.errorcode.get(ctypes.get_errno(), "0") if result == -1 else "done"
def write(path, text):
    def action():
        with open(path, "w") as file:
            file.write(text)
        return "written"
    return attempt(action)
"""
REFUSED = {"PermissionError", "FileNotFoundError", "OSError", "ProcessLookupError", "NotADirectoryError", "IsADirectoryError"}
DENIED = {"EPERM", "EACCES", "ENOSYS", "ESRCH", "EINVAL", "ENOENT", "EBUSY"}


def tries(project, body, **fields):
    return json.loads(project.run_well(TRY + body, **fields).log().splitlines()[-1])


def test_reading_what_is_not_its_own(server, project):
    other = project.start("import time\nopen('/model/secret', 'w').write('x')\nprint('on', flush=True)\ntime.sleep(600)")  # stopped
    other.wait_log("on")
    try:
        paths = ["/etc/shadow", "/etc/gshadow", "/root/.bashrc", "/proc/1/environ", "/proc/1/maps", "/proc/1/fd", "/proc/kcore", "/proc/kmsg",
                 "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/sys/kernel/debug", "/sys/firmware", str(server.data), str(server.database()),
                 str(server.task_folder(other.id) / "output/secret"), "/proc/1/root/etc/shadow", "/proc/self/root/../../etc/shadow",
                 f"/proc/1/root{server.data}", "/proc/sys/fs/binfmt_misc/register"]
        project.push({"paths.json": json.dumps(paths)})
        said = tries(project, """
def look(path):
    if os.path.isdir(path):
        return os.listdir(path) and "listed"
    with open(path, "rb") as file:
        return len(file.read(10)) or ""
print(json.dumps({path: attempt(lambda: look(path)) for path in json.load(open("paths.json"))}))
""")
        assert {path: what for path, what in said.items() if what not in REFUSED | {"", "[]"}} == {}
        assert other.state == "RUNNING"
    finally:
        other.stop()
        other.wait_end()


def test_system_calls_that_change_the_machine(project):
    # Numbers of x86-64 (syscall_64.tbl).
    said = tries(project, """
page = ctypes.create_string_buffer(16)
def vector(address):
    return (ctypes.c_size_t * 2)(address if isinstance(address, int) else ctypes.addressof(address), 16)
numbers = {"mount": (165, b"none", b"/tmp", b"tmpfs", 0, None), "umount": (166, b"/proc", 2), "pivot_root": (155, b"/tmp", b"/tmp"),
  "move_mount": (429, -100, b"/tmp", -100, b"/mnt", 0), "open_tree": (428, -100, b"/", 1), "fsopen": (430, b"tmpfs", 0),
  "swapon": (167, b"/tmp/x", 0), "reboot": (169, 0xfee1dead, 672274793, 0, None), "sethostname": (170, b"owned", 5),
  "init_module": (175, None, 0, b""), "finit_module": (313, 0, b"", 0), "kexec_load": (246, 0, 0, None, 0), "bpf": (321, 0, None, 0),
  "perf_event_open": (298, None, 0, -1, -1, 0), "userfaultfd": (323, 0), "keyctl": (250, 0, 0), "add_key": (248, b"user", b"a", b"b", 1, -2),
  "ptrace init": (101, 16, 1, None, None), "process_vm_readv": (310, 1, vector(page), 1, vector(0x400000), 1, 0), "kcmp": (312, 1, 1, 0, 0, 0),
  "unshare user": (272, 0x10000000), "unshare mount": (272, 0x20000), "unshare net": (272, 0x40000000), "setns": (308, 0, 0),
  "setuid": (105, 0), "setgid": (106, 0), "setgroups": (116, 1, (ctypes.c_int * 1)(0)), "chroot": (161, b"/tmp"), "settimeofday": (164, None, None),
  "clock_settime": (227, 0, None), "iopl": (172, 3), "ioperm": (173, 0, 1, 1), "quotactl": (179, 0, None, 0, None), "acct": (163, None),
  "open_by_handle_at": (304, -100, None, 0), "syslog": (103, 3, None, 0), "mknod block": (133, b"/tmp/disk", 0o60666, 8 << 8),
  "mknod char": (133, b"/tmp/mem", 0o20666, 1 << 8 | 1), "io_uring_setup": (425, 1, None), "clone3 user": (435, None, 0)}
print(json.dumps({name: call(*words) for name, words in numbers.items()}))
""")
    # "done" stands for each that went through.
    assert {name for name, what in said.items() if what == "done"} == set()
    assert {name: what for name, what in said.items() if what not in DENIED | {"EFAULT", "EBADF", "ENOEXEC", "ENOTBLK", "ENODEV"}} == {}


def test_a_new_user_namespace_does_not_come_by_clone_either(project):
    said = tries(project, """
print(json.dumps({"unshare": attempt(lambda: subprocess.run(["unshare", "-Ur", "id", "-u"], capture_output=True, text=True).stdout),
                  "bwrap": attempt(lambda: subprocess.run(["bwrap", "--ro-bind", "/", "/", "id", "-u"], capture_output=True, text=True).stdout),
                  "clone": call(56, 0x10000000 | 17, None, None, None, None)}))
""")
    assert said["unshare"] == "" and said["bwrap"] in ("", "FileNotFoundError") and said["clone"] in DENIED


def test_writing_the_kernels_settings(project):
    before = open("/proc/sys/kernel/hostname").read(), open("/proc/sys/vm/swappiness").read()
    said = tries(project, """
print(json.dumps({path: write(path, text) for path, text in {
    "/proc/sys/vm/swappiness": "1", "/proc/sys/kernel/core_pattern": "|/tmp/x", "/proc/sys/kernel/hostname": "owned", "/proc/sysrq-trigger": "h",
    "/proc/1/oom_score_adj": "-1000", "/proc/self/oom_score_adj": "-1000", "/proc/self/uid_map": "0 0 1", "/proc/irq/0/smp_affinity": "1",
    "/sys/devices/system/cpu/cpu0/online": "0", "/sys/fs/cgroup/cgroup.procs": "0", "/sys/kernel/mm/transparent_hugepage/enabled": "never",
    "/sys/power/state": "mem", "/dev/shm/../../etc/passwd": "root::0:0::/:/bin/sh", "/usr/bin/python3": "x", "/etc/ld.so.preload": "/tmp/x"}.items()}))
""")
    assert {path: what for path, what in said.items() if what not in REFUSED} == {}
    assert (open("/proc/sys/kernel/hostname").read(), open("/proc/sys/vm/swappiness").read()) == before


def test_programs_that_make_somebody_root_do_not(project):
    said = tries(project, """
import glob
special = [path for pattern in ("/usr/bin/*", "/usr/sbin/*", "/usr/lib/*/*", "/usr/lib/*") for path in glob.glob(pattern)
           if os.path.isfile(path) and os.stat(path).st_mode & 0o6000]
ids = subprocess.run(["id", "-u"], capture_output=True, text=True).stdout
got = [path for path in special if os.path.basename(path) in ("su", "sudo", "pkexec", "newgrp")
       and "uid=0" in attempt(lambda: subprocess.run([path, "-c", "id"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20).stdout)]
print(json.dumps({"root": got, "uid": ids.strip(), "privileges": open("/proc/self/status").read().count("NoNewPrivs:\\t1")}))
""")
    assert said["root"] == [] and said["privileges"] == 1
    if os.geteuid() == 0:
        assert said["uid"] != "0"


def test_a_fork_bomb_ends_with_its_task(own_server):
    project = Project.make(own_server.client())
    neighbour = project.start("import time\nprint('on', flush=True)\ntime.sleep(600)")  # stopped
    neighbour.wait_log("on")
    bomb = project.run("""
import os
print("go", flush=True)
try:
    while True:
        os.fork()
except OSError as error:
    os._exit(7)
""", max_runtime_s=10)
    if b"not fully limited" in bomb.log():
        pytest.skip("this machine lets nobody limit processes")
    assert bomb.state == "FAILED"
    assert neighbour.state == "RUNNING" and own_server.is_running()
    neighbour.stop()
    neighbour.wait_end()
    until(lambda: all(processes_naming(str(place)) for place in own_server.cgroups()), what="a cgroup without its runner is left")


def test_a_memory_bomb_ends_alone(own_server):
    client = own_server.client()
    client.call("PUT", "/api/v2/specs/small", {"compute": "cpu", "cpus": 1, "memory_bytes": 128 << 20})
    project = Project.make(client)
    for script in ("a = []\nwhile True: a.append(bytearray(8 << 20))",
                   "f = open('/dev/shm/x', 'wb')\nwhile True: f.write(b'x' * (8 << 20))",
                   "import os\nfd = os.memfd_create('x')\nwhile True: os.write(fd, b'x' * (8 << 20))"):
        bomb = project.run(script, spec="small")
        if b"not fully limited" in bomb.log():
            pytest.skip("this machine lets nobody limit memory")
        assert bomb.state == "FAILED" and bomb.show()["reason"]["code"] in ("out_of_memory", "exit_code", "signal"), bomb.show()
    project.run_well("print('next')")


LIMIT = 64 << 20
FILL = {
    "many files": "for n in range(10**6):\n    open(f'/model/{n}', 'wb').write(b'x' * (1 << 20))",
    "temporary files": "for n in range(10**6):\n    open(f'/tmp/{n}', 'wb').write(b'x' * (1 << 20))",
    "its code": "for n in range(10**6):\n    open(f'/code/{n}', 'wb').write(b'x' * (1 << 20))",
    "one file": "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nf = open('/model/big', 'wb')\nwhile True: f.write(b'x' * (1 << 20))",
    "files without a name": "import tempfile\nkeep = []\nwhile True:\n    f = tempfile.TemporaryFile(dir='/tmp'); f.write(b'x' * (8 << 20)); f.flush(); keep.append(f)",
    "a deep tree": "import os\nfor n in range(10**6):\n    os.mkdir('d'); os.chdir('d'); open('f', 'wb').write(b'x' * 65536)",
    "promises to files": "import os\nfor n in range(10**6):\n    fd = os.open(f'/model/{n}', os.O_CREAT | os.O_RDWR); os.posix_fallocate(fd, 0, 32 << 20)",
}


@pytest.fixture(scope="module")
def tight_server(tmp_path_factory):
    """Each task may keep 64 MiB on disk."""
    with serving(tmp_path_factory.mktemp("tight"), "--task-disk", str(LIMIT)) as running:
        yield running


@pytest.mark.parametrize("way", FILL)
def test_filling_the_disk(tight_server, way):
    project = Project.make(tight_server.client())
    task = project.run(FILL[way], max_runtime_s=120)
    assert task.state == "FAILED" and task.show()["reason"]["code"] == "out_of_disk", task.show()
    assert "64 MB" in task.show()["reason"]["message"]
    if way != "a deep tree":  # of which the names alone are longer than a path may be
        left = sum(entry.stat().st_blocks * 512 for folder in ("output", "tmp", "code")
                   for entry in (tight_server.task_folder(task.id) / folder).glob("**/*") if entry.is_file())
        # A file system counts some blocks of its own once the data is on the disk.
        assert left <= LIMIT + (64 << 10), "what was too much is gone"
    project.run_well("open('/model/m', 'wb').write(b'x' * (32 << 20)); print('next')")
    # However deep it is, it goes with its task.
    task.delete()
    until(lambda: not tight_server.task_folder(task.id).exists())


def test_a_log_without_end_is_cut(tight_server):
    task = Project.make(tight_server.client()).run("import os\nwhile True:\n    os.write(1, b'x' * 65536)", max_runtime_s=8)
    assert task.show()["reason"]["code"] == "timeout"
    assert len(task.log()) < LIMIT + (1 << 20)


def test_without_network_nothing_can_be_reached(server, client, project):
    client.call("PUT", "/api/v2/specs/offline", {"compute": "cpu", "cpus": 1, "memory_bytes": 256 << 20, "internet": False})
    hidden = socket.socket(socket.AF_UNIX)
    name = f"\0cloudbrain-test-{os.urandom(8).hex()}"
    hidden.bind(name)
    hidden.listen()
    with hidden:
        project.push({"names.json": json.dumps({"port": server.port, "abstract": name})})
        said = tries(project, """
names = json.load(open("names.json"))
def connect(family, address):
    with socket.socket(family) as one:
        one.settimeout(5)
        one.connect(address)
        return "connected"
print(json.dumps({"server": attempt(lambda: connect(socket.AF_INET, ("127.0.0.1", names["port"]))),
                  "abstract": attempt(lambda: connect(socket.AF_UNIX, names["abstract"])),
                  "outside": attempt(lambda: connect(socket.AF_INET, ("192.0.2.1", 80))),
                  "name": attempt(lambda: socket.getaddrinfo("debian.org", 80)),
                  "six": attempt(lambda: connect(socket.AF_INET6, ("2001:db8::1", 80))),
                  "raw": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)),
                  "packet": attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
                  "interfaces": sorted(name for _, name in socket.if_nameindex())}))
""", spec="offline")
    assert said.pop("interfaces") == ["lo"]
    assert set(said.values()) <= {"ConnectionRefusedError", "OSError", "gaierror", "PermissionError", "TimeoutError"}, said
    assert server.is_running()


@pytest.mark.skipif(os.geteuid() != 0, reason="looks at processes of the task's user")
def test_other_tasks_of_the_same_user_cannot_be_traced(project):
    other = project.start("import time, os\nprint('on', flush=True)\ntime.sleep(600)", params=[{"name": "marker", "value": "victim"}])  # stopped
    other.wait_log("on")
    try:
        said = tries(project, """
pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
print(json.dumps({"seen": len(pids), "uid": os.getuid(), "attach": {pid: call(101, 16, pid, None, None) for pid in range(2, 200) if pid != os.getpid()}}))
""")
        assert said["seen"] <= 3 and set(said["attach"].values()) <= DENIED
        assert status_of(os.getpid())["Uid"].split()[0] != str(said["uid"])
    finally:
        other.stop()
        other.wait_end()
