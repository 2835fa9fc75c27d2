"""A task is nobody on the machine: what it cannot see, reach or become."""

import json
import os
import socket
import threading

import pytest

from projects import Project
from traces import processes_naming, status_of, until

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="a server that is not root runs tasks as itself")


def answers(project, script, **fields):
    return json.loads(project.run_well("import json, os\n" + script, **fields).log())


@ROOT_ONLY
def test_the_script_is_not_root_neither_inside_nor_on_the_machine(project):
    marker = f"marker-{os.urandom(8).hex()}"
    task = project.start("import os, time\nprint(os.getresuid(), os.getresgid(), os.getgroups(), flush=True)\ntime.sleep(600)",  # stopped
                         params=[{"name": "marker", "value": marker}])
    try:
        said = task.wait_log("]")
        assert "(0" not in said and " 0" not in said and "[0" not in said
        scripts = [pid for pid in processes_naming(marker) if status_of(pid)["Name"].startswith("python")]
        assert scripts
        for pid in scripts:
            status = status_of(pid)
            assert "0" not in status["Uid"].split() + status["Gid"].split()
            assert (int(status["CapEff"], 16), int(status["CapPrm"], 16), int(status["CapBnd"], 16)) == (0, 0, 0)
            assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    finally:
        task.stop()
        task.wait_end()


def test_the_script_cannot_become_root(project):
    said = answers(project, """
import ctypes, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def attempt(call):
    try:
        return str(call())
    except Exception as error:
        return type(error).__name__
print(json.dumps({
    "setuid": attempt(lambda: os.setuid(0)), "setgid": attempt(lambda: os.setgid(0)),
    "su": attempt(lambda: subprocess.run(["su", "-c", "id -u"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20).stdout),
    "chroot": attempt(lambda: os.chroot("/tmp")), "mknod": attempt(lambda: os.mknod("/tmp/disk", 0o60666, 8 << 8)),
    "mount": libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None), "unshare": libc.unshare(0x10000000),
    "module": libc.syscall(313, 0, b"", 0), "bpf": libc.syscall(321, 0, 0, 0), "keyctl": libc.syscall(250, 0, 0, 0, 0, 0),
}))
""")
    denied = ("PermissionError", "OSError")
    assert said["setuid"] in denied and said["setgid"] in denied and said["chroot"] in denied and said["mknod"] in denied
    assert "0\\n" not in said["su"]
    assert (said["mount"], said["module"], said["bpf"], said["keyctl"], said["unshare"]) == (-1, -1, -1, -1, -1)


SEE = """
def see(path):
    try:
        return sorted(os.listdir(path)) if os.path.isdir(path) else open(path, "rb").read(100).decode("latin-1")
    except OSError as error:
        return error.strerror
print(json.dumps({path: see(path) for path in json.loads(open("paths.json").read())}))
"""


def test_the_script_sees_nothing_of_people_the_server_or_other_tasks(server, project):
    project.push({"secret.py": "print('mine')"})
    other = project.submit(boot_file="secret.py")
    other.wait_end()
    people = ["/root", "/home", "/etc/shadow", "/etc/ssh", "/var/log", "/var/lib", "/boot", "/srv", "/opt", "/mnt", "/media"]
    servers = [str(server.data), str(server.data.parent), str(server.database()), str(server.task_folder(other.id))]
    project.push({"paths.json": json.dumps(people + servers)})
    said = answers(project, SEE)
    gone = "No such file or directory"
    assert said.pop("/home") in (gone, ["task"])
    assert said.pop("/opt") == ["cloudbrain"]  # the packages of the platform, and nothing of the machine's
    # The others may be there as empty places, never with the machine's content.
    assert {path: seen for path, seen in said.items() if seen not in (gone, [], "Permission denied")} == {}


def test_the_machine_is_read_only_and_its_devices_are_not_there(project):
    said = answers(project, """
def may_write(path):
    try:
        open(path + "/probe-of-a-task", "w").close()
        return True
    except OSError:
        return False
print(json.dumps({"writable": [path for path in ("/", "/usr", "/usr/lib", "/bin", "/etc", "/lib", "/sys", "/proc", "/run", "/var", "/dev")
                               if may_write(path)],
                  "devices": sorted(os.listdir("/dev")), "cgroups": os.path.exists("/sys/fs/cgroup/memory")}))
""")
    assert set(said["writable"]) <= {"/dev", "/run", "/var", "/"}, "these are its own, in memory"
    assert "/" not in said["writable"] and "/dev" not in said["writable"]
    assert set(said["devices"]) <= {"console", "core", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin",
                                    "stdout", "tty", "urandom", "zero"}
    assert not said["cgroups"]


def test_the_script_sees_and_signals_only_its_own_processes(server, project):
    marker = f"marker-{os.urandom(8).hex()}"
    other = project.start("import time\nprint('on', flush=True)\ntime.sleep(600)",  # the script's own
                          params=[{"name": "marker", "value": marker}])
    other.wait_log("on")
    project.push({"pids.json": json.dumps([server.process.pid, *processes_naming(marker)])})
    said = answers(project, """
def signal(pid):
    try:
        os.kill(pid, 0)
        return "reached"
    except OSError as error:
        return type(error).__name__
pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
print(json.dumps({"pids": len(pids), "commands": [open(f"/proc/{pid}/cmdline").read() for pid in pids],
                  "others": [signal(pid) for pid in json.loads(open("pids.json").read())], "host": os.uname().nodename}))
""")
    assert said["pids"] <= 3 and not any(marker in command for command in said["commands"])
    assert set(said["others"]) <= {"ProcessLookupError"} and said["others"]
    assert said["host"] != socket.gethostname()
    assert other.state == "RUNNING"
    other.stop()
    other.wait_end()


def test_a_script_that_kills_all_it_can_ends_only_itself(server, project):
    task = project.run("import os\nos.kill(-1, 9)\nos._exit(9)")
    assert task.state == "FAILED" and server.is_running()


def test_shared_memory_is_as_large_as_the_spec_says(client, project):
    spec = next(spec for spec in client.get("/api/v2/specs")["items"] if spec["name"] == "cpu-1")
    said = answers(project, """
place = os.statvfs("/dev/shm")
import multiprocessing.shared_memory as memory
memory.SharedMemory(create=True, size=1 << 20).unlink()
print(json.dumps(place.f_blocks * place.f_frsize))
""")
    assert abs(said - spec["shared_memory_bytes"]) <= 4096


def test_a_spec_with_network_reaches_it(client, project):
    spec = next(spec for spec in client.get("/api/v2/specs")["items"] if spec["name"] == "cpu-1")
    assert spec["internet"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = []
        thread = threading.Thread(target=lambda: heard.append(listener.accept()[0].recv(10)))
        thread.start()
        project.run_well(f"import socket\nsocket.create_connection(('127.0.0.1', {listener.getsockname()[1]})).sendall(b'hello')")
        thread.join(timeout=30)
    assert heard == [b"hello"]


def test_a_script_may_not_make_more_processes_than_its_limit(own_server):
    project = Project.make(own_server.client())
    task = project.run("""
import threading
hold = threading.Event()
count = 0
threading.stack_size(64 << 10)
try:
    while count < 6000:
        threading.Thread(target=hold.wait, daemon=True).start()
        count += 1
except RuntimeError:
    pass
print(count, flush=True)
import os
os._exit(0)
""")
    if b"not fully limited" in task.log():
        pytest.skip("this machine lets nobody limit processes")
    assert 3000 < int(task.log()) < 4100
    assert project.run_well("print('next')").log() == b"next\n"


def test_what_a_script_leaves_in_the_background_ends_with_it(server, project):
    marker = f"marker-{os.urandom(8).hex()}"
    task = project.run_well(f"""
import subprocess
subprocess.Popen(["sh", "-c", "trap '' TERM HUP; while :; do sleep 1; done; : {marker}"], start_new_session=True)
print("left")
""", params=[{"name": "marker", "value": marker}])
    assert task.log() == b"left\n"
    until(lambda: not processes_naming(marker), 10, "it still runs")
