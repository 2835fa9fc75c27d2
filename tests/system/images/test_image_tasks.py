"""A task in an image of a real registry: what it sees, and what of the image is honoured."""

import json

from oci_images import Layout
from projects import problem_of

LOOK = """
import json, os, sys
with open('/etc/image-name') as file: name = file.read()
print(json.dumps({'image': name, 'argv': sys.argv, 'uid': os.getuid(), 'gid': os.getgid(), 'cwd': os.getcwd(), 'env': dict(os.environ),
                  'version': sys.version_info[:2]}))
os.makedirs('/model', exist_ok=True)
open('/model/result.txt', 'w').write('made in an image')
"""


def seen(task):
    return json.loads(task.log().decode().splitlines()[-1])


def test_a_task_runs_in_an_image_of_a_registry(project, hub, plain, trusts):
    trusts(hub)
    task = project.run_well(LOOK, image=f"{hub}/tests/plain:1", params=[{"name": "a", "value": "1 2"}])
    look = seen(task)
    assert look["image"] == "made by the test\n"
    assert look["argv"] == ["/code/train.py", "--a=1 2"]
    assert look["cwd"] == "/code"
    assert task.output("result.txt") == b"made in an image"


def test_entry_point_variables_and_user_are_the_images_where_the_contract_does_not_say_otherwise(project, hub, debian, trusts, tmp_path):
    layout = Layout(tmp_path / "layout", [debian], Entrypoint=["/entry"], User="worker", WorkingDir="/home/worker",
                    Env=["PATH=/usr/bin:/bin", "GREETING=from the image", "RANK_SIZE=99", "PYTHONPATH=/home/worker/lib"])
    layout.push(f"{trusts(hub)}/tests/full:1")
    task = project.run_well(LOOK + "print(open('/home/worker/notes').read()); open('/home/worker/mine', 'w')\n"
                            "print(json.dumps({'uid': os.getuid(), 'gid': os.getgid(), 'env': dict(os.environ), 'cwd': os.getcwd()}))",
                            image=f"{hub}/tests/full@{layout.digest}")
    look = seen(task)
    assert (look["uid"], look["gid"]) == (1234, 2345)
    assert look["env"]["GREETING"] == "from the image"
    assert look["env"]["FROM_ENTRY"] == "yes"
    assert look["env"]["HOME"] == "/home/worker"
    assert look["env"]["RANK_SIZE"] == "1", "the contract wins"
    assert look["env"]["PYTHONPATH"].endswith(":/home/worker/lib") and look["env"]["PYTHONPATH"].startswith("/opt/cloudbrain/any")
    assert look["cwd"] == "/code", "the contract wins"
    assert b"entry point: 2\n" in task.log()
    # What it wrote belongs to the user of tasks, whoever it was inside.
    assert task.output("result.txt") == b"made in an image"


def test_a_script_that_is_root_inside_owns_the_images_files_and_nothing_else(project, hub, plain, trusts):
    task = project.run_well("""
import ctypes, os, subprocess
print('uid', os.getuid())
print(open('/root/secret').read().strip())
open('/usr/lib/python3.11/new_module.py', 'w').write('x = 1')
status = dict(line.split(':\\t', 1) for line in open('/proc/self/status').read().splitlines() if ':\\t' in line)
print('capabilities', {status[name] for name in ('CapEff', 'CapPrm', 'CapBnd', 'CapAmb')}, 'filter', status['Seccomp'], 'new', status['NoNewPrivs'])
print('map', open('/proc/self/uid_map').read().split()[:3])
def refused(what, call):
    try:
        call()
    except (OSError, subprocess.CalledProcessError) as error:
        print(what, 'refused')
    else:
        print(what, 'DONE')
refused('chown', lambda: os.chown('/root/secret', 5, 5))
refused('setuid', lambda: os.setuid(5))
refused('mknod', lambda: os.mknod('/dev/sda', 0o60666, os.makedev(254, 0)))
libc = ctypes.CDLL(None, use_errno=True)
def call(function, *arguments):
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), 'refused')
os.mkdir('/mountpoint')
refused('mount', lambda: call(libc.mount, b'x', b'/mountpoint', b'tmpfs', 0, None))
refused('namespace', lambda: call(libc.unshare, 0x10000000))
refused('kernel', lambda: open('/proc/sys/kernel/hostname', 'w').write('x'))
refused('sys', lambda: open('/sys/devices/system/cpu/cpu1/online', 'w').write('0'))
print('others', sorted(p for p in os.listdir('/proc') if p.isdigit())[:1], os.path.exists('/etc/shadow'))
""", image=f"{trusts(hub)}/tests/plain:1")
    log = task.log().decode()
    assert "uid 0" in log and "of root alone" in log
    assert "capabilities {'0000000000000000'} filter 2 new 1" in log
    assert "'0', '0'" not in log, "its root is not the machine's"
    assert "DONE" not in log, log
    assert "others ['1'] False" in log


def test_what_a_task_writes_into_the_image_is_its_own(project, hub, plain, trusts):
    image = f"{trusts(hub)}/tests/plain:1"
    project.run_well("import os; os.remove('/etc/image-name'); open('/etc/other', 'w')", image=image)
    task = project.run_well("import os; print(os.listdir('/etc').count('image-name'), os.path.exists('/etc/other'))", image=image)
    assert task.log().endswith(b"1 False\n")


def test_a_spec_without_internet_has_no_network_in_an_image_either(own_server, hub, plain, tmp_path):
    from projects import Project
    client = own_server.client()
    own_server.kill9()
    (own_server.data / "specs.toml").write_text('[[spec]]\nname = "quiet"\ncompute = "cpu"\ncpus = 1\nmemory = "512MB"\ninternet = false\n')
    own_server.start()
    client.call("PUT", f"/api/v2/registries/{hub}", {"plain_http": True})
    task = Project.make(client).run_well("print(open('/proc/net/dev').read().count(':'), open('/etc/resolv.conf').read() == '')",
                                         image=f"{hub}/tests/plain:1", spec="quiet")
    assert task.log().endswith(b"1 True\n")


def test_ends_are_told_as_in_the_host_image(project, hub, plain, trusts):
    image = f"{trusts(hub)}/tests/plain:1"
    task = project.run("raise SystemExit(7)", image=image)
    assert (task.state, task.show()["exit_code"], task.show()["reason"]["code"]) == ("FAILED", 7, "exit_code")
    task = project.run("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", image=image)
    assert task.show()["reason"]["code"] == "signal"
    task = project.run("all = []\nwhile True: all.append(b'x' * (64 << 20))", image=image)
    assert task.state == "FAILED" and task.show()["reason"]["code"] == "out_of_memory"


def test_a_stop_reaches_the_script_in_an_image(project, hub, plain, trusts):
    task = project.start("import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: exit(0))\nprint('up', flush=True)\nsignal.pause()",
                         image=f"{trusts(hub)}/tests/plain:1")
    task.wait_log("up")
    task.stop()
    task.wait_end(180)
    assert task.state == "STOPPED"


def test_a_task_in_an_image_outlives_the_server_and_leaves_nothing(own_server, own_project, hub, plain):
    own_project.client.call("PUT", f"/api/v2/registries/{hub}", {"plain_http": True})
    task = own_project.start("import os, time\nprint('up', flush=True)\nwhile not os.path.exists('/model/go'): time.sleep(0.02)\nprint('went on')",  # the script's own
                             image=f"{hub}/tests/plain:1")
    task.wait_log("up")
    own_server.kill9()
    own_server.start()
    (own_server.data / f"tasks/{task.id}/output/go").touch()
    task.wait_end(180)
    assert task.state == "SUCCEEDED" and task.log().endswith(b"went on\n")
    with open("/proc/self/mountinfo") as mounts:
        assert str(own_server.data) not in mounts.read()


def test_an_image_that_a_task_cannot_name_is_refused_at_once(project, hub):
    def code(image, **fields):
        project.push({"train.py": "1"})
        return problem_of(project.submit, image=image, **fields).fields()
    assert code("Not An Image") == {"image": "image_reference"}
    assert code("../../etc") == {"image": "image_reference"}
    assert code("docker://debian") == {"image": "image_reference"}
    assert code("debian@sha256:123") == {"image": "image_reference"}
    assert code("127.0.0.2:1/debian:12") == {"image": "image_registry_private"}
    assert code("169.254.169.254/latest:1") == {"image": "image_registry_private"}
