"""Images that were made to do harm: layers that climb, links that lead out, devices, floods."""

import os
import tarfile

import pytest

from oci_images import Layout, add_device, add_file, add_folder, add_link, layer
from projects import Project
from small_disk import server_on_a_disk_of

SEE = "import os\nprint(sorted(os.listdir('/etc')), os.path.lexists('/evil'))"


def end_of(task):
    task.wait_end(180)
    return task.state


def submit(project, hub, layers, folder, script=SEE, **config):
    name = f"tests/hostile-{os.urandom(4).hex()}:1"
    Layout(folder / os.urandom(4).hex(), layers, **config).push(f"{hub}/{name}")
    project.push({"train.py": script})
    task = project.submit(image=f"{hub}/{name}")
    task.wait_end(180)
    return task


@pytest.fixture
def victim(server, tmp_path):
    """A file of the machine, and one of the server, that nobody may touch."""
    mine = tmp_path / "victim"
    mine.write_text("as it was")
    inside = server.data / "victim"
    inside.write_text("as it was")
    yield mine, inside
    assert mine.read_text() == inside.read_text() == "as it was"
    assert not (tmp_path / "planted").exists() and not (server.data / "planted").exists()


def test_names_that_climb_stay_inside(server, project, hub, debian, trusts, victim, tmp_path):
    trusts(hub)
    climb = "../" * 30

    def write(tar):
        for path in victim:
            add_file(tar, climb + str(path).lstrip("/"), "changed")
            add_file(tar, str(path), "changed")
        add_file(tar, climb + str(tmp_path / "planted").lstrip("/"), "planted")
    submit(project, hub, [debian, layer(write)], tmp_path)


def test_whiteouts_that_climb_remove_nothing(server, project, hub, debian, trusts, victim, tmp_path):
    trusts(hub)

    def write(tar):
        for path in victim:
            add_file(tar, "../" * 30 + os.path.dirname(path).lstrip("/") + "/.wh." + path.name, "")
            add_file(tar, "../" * 30 + os.path.dirname(path).lstrip("/") + "/.wh..wh..opq", "")
        add_file(tar, "etc/.wh...", "")
        add_file(tar, ".wh...", "")
    submit(project, hub, [debian, layer(write)], tmp_path)


def test_links_that_lead_out_lead_nowhere(server, project, hub, debian, trusts, victim, tmp_path):
    trusts(hub)

    def links(tar):
        add_link(tar, "way-out", str(tmp_path))
        add_link(tar, "up", "../" * 30 + str(server.data).lstrip("/"))
        add_link(tar, "hard", str(victim[0]), hard=True)

    def through(tar):
        add_file(tar, "way-out/planted", "planted")
        add_file(tar, "up/planted", "planted")
        add_file(tar, "way-out/.wh.victim", "")
    submit(project, hub, [debian, layer(links), layer(through)], tmp_path)
    # Places of the contract that are links of the image: the mounts stay inside as well.

    def places(tar):
        for place in ("code", "dataset", "model", "tmp", "etc/resolv.conf", "proc", "dev", "sys"):
            if place != "tmp":
                add_link(tar, place, "../" * 30 + str(tmp_path).lstrip("/"))
    task = submit(project, hub, [debian, layer(places)], tmp_path, "open('/model/planted', 'w').write('x')")
    assert task.state in ("SUCCEEDED", "FAILED", "CREATED_FAILED")


def test_passwd_that_leads_out_is_not_read(project, hub, debian, trusts, tmp_path):
    trusts(hub)
    (tmp_path / "passwd").write_text("outsider:x:0:0::/:/bin/sh\n")

    def write(tar):
        add_link(tar, "etc/passwd", str(tmp_path / "passwd"))
    task = submit(project, hub, [debian, layer(write)], tmp_path, User="outsider")
    assert (task.state, task.show()["reason"]["code"]) == ("CREATED_FAILED", "image_broken")


def test_devices_and_setuid_programs_are_nothing(server, project, hub, debian, trusts, tmp_path):
    trusts(hub)

    def write(tar):
        add_device(tar, "disk", tarfile.BLKTYPE, 254, 0)
        add_device(tar, "memory", tarfile.CHRTYPE, 1, 1)
        add_device(tar, "opt/sub/kmsg", tarfile.CHRTYPE, 1, 11)
        with open("/usr/bin/id", "rb") as program:
            add_file(tar, "usr/bin/powerful", program.read(), mode=0o6755)
    task = submit(project, hub, [debian, layer(write)], tmp_path, """
import os, subprocess
print([os.path.lexists(p) for p in ('/disk', '/memory', '/opt/sub/kmsg')])
print(subprocess.run(['/usr/bin/powerful', '-u'], capture_output=True, text=True).stdout.strip())
""", User="worker")
    assert task.state == "SUCCEEDED", (task.show(), task.log())
    assert task.log().decode().splitlines()[-2:] == ["[False, False, False]", "1234"]
    for folder, _, files in os.walk(server.data / "images"):
        for file in files:
            status = os.lstat(os.path.join(folder, file))
            assert status.st_mode & 0o170000 not in (0o060000, 0o020000), (folder, file)


def test_an_image_that_would_fill_the_disk_is_stopped_before(tmp_path, hub, debian):
    bomb = layer(lambda tar: [add_file(tar, f"bomb{i}", bytes(100 << 20)) for i in range(8)])  # 800 MB of nothing
    name = f"{hub}/tests/bomb:1"
    Layout(tmp_path / "bomb", [debian, bomb]).push(name)
    with server_on_a_disk_of("700m", tmp_path / "disk") as server:
        client = server.client()
        client.call("PUT", f"/api/v2/registries/{hub}", {"plain_http": True})
        project = Project.make(client)
        project.push({"train.py": "print('fine')"})
        task = project.submit(image=name)
        assert end_of(task) == "CREATED_FAILED"
        reason = task.show()["reason"]
        assert reason["code"] == "image_no_space" and "prune" in reason["next"]
        assert list((server.data / "images/.work").iterdir()) == []
        other = project.submit()
        assert end_of(other) == "SUCCEEDED", "everyone else goes on"


def test_folders_that_nobody_may_enter_are_unpacked_and_removed(server, project, hub, debian, trusts, tmp_path):
    trusts(hub)

    def write(tar):
        add_folder(tar, "locked", mode=0)
        add_file(tar, "locked/inner", "x", mode=0)
        add_file(tar, "名称 with\nnewline", "x")
    assert submit(project, hub, [debian, layer(write)], tmp_path).state == "SUCCEEDED"
