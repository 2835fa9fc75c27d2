"""The administrator's images: offered, fetched, changed, loaded from archives, removed again."""

import os
import time

import pytest

from accounts import make_person
from oci_images import Layout, add_file, layer
from projects import Project, problem_of
from running_server import serving
from traces import until

SCRIPT = {"train.py": "print(open('/etc/image-name').read(), open('/etc/layer').read())"}


def named(client, name):
    return next((image for image in client.get("/api/v2/images")["items"] if image["name"] == name), None)


def settled(client, name):
    def look():
        image = named(client, name)
        return image if image["state"] in ("ready", "failed") else None
    return until(look, 60)


def marked(debian, folder, mark, **config):
    """The Debian image with /etc/layer."""
    return Layout(folder, [debian, layer(lambda tar: add_file(tar, "etc/layer", mark))], **config)


@pytest.fixture
def name():
    return f"image-{os.urandom(4).hex()}"


def trees(server):
    return {path.name for path in (server.data / "images").iterdir() if len(path.name) == 64}


def test_an_image_that_is_offered_is_fetched_and_stays_what_it_was_until_it_is_fetched_again(client, project, hub, debian, trusts, name, tmp_path):
    first = marked(debian, tmp_path / "one", "first")
    first.push(f"{trusts(hub)}/tests/{name}:latest")
    made = client.post("/api/v2/images", {"name": name, "reference": f"{hub}/tests/{name}:latest", "tags": ["CUDA 11.1", "Python 3.7"],
                                          "description": "of the test", "recommended": True})
    assert made["tags"] == ["CUDA 11.1", "Python 3.7"] and made["recommended"]
    image = settled(client, name)
    assert image["state"] == "ready" and image["digest"] == first.digest and image["size"] > 10 << 20
    second = marked(debian, tmp_path / "two", "second")
    second.push(f"{hub}/tests/{name}:latest")
    project.push(SCRIPT)
    task = project.submit(image=name)
    task.wait_end(180)
    assert b"first" in task.log(), "by digest, not by tag"
    until(lambda: client.post("/api/v2/images/prune") and named(client, name)["state"] == "absent", 30)
    task = project.submit(image=name)
    task.wait_end(180)
    assert b"first" in task.log(), "the same one again, when its tree was gone"
    client.post(f"/api/v2/images/{name}/fetch")
    assert until(lambda: named(client, name)["digest"] == second.digest, 60)
    task = project.submit(image=name)
    task.wait_end(180)
    assert b"second" in task.log()


def test_a_failed_fetch_is_told_in_the_catalogue(client, hub, trusts, name):
    client.post("/api/v2/images", {"name": name, "reference": f"{trusts(hub)}/tests/{name}:none"})
    image = settled(client, name)
    assert image["state"] == "failed" and image["failure"]["code"] == "image_not_found" and image["failure"]["next"]


def test_an_image_serves_the_compute_resources_and_clusters_that_it_is_for(client, project, hub, plain, trusts, name):
    client.post("/api/v2/images", {"name": name, "reference": f"{trusts(hub)}/tests/plain:1", "computes": ["gpu"], "clusters": ["c2net"], "fetch": False})
    project.push({"train.py": "1"})
    assert problem_of(project.submit, image=name, cluster="openi", compute="gpu").fields() == {"image": "image_does_not_fit"}
    assert problem_of(project.submit, image=name, cluster="c2net", compute="cpu").fields() == {"image": "image_does_not_fit"}
    project.submit(image=name, cluster="c2net", compute="gpu").stop()
    client.call("PATCH", f"/api/v2/images/{name}", {"computes": [], "clusters": []})
    project.submit(image=name, cluster="openi", compute="cpu").stop()


def test_what_is_no_image_is_refused_with_every_reason(client, name):
    bad = problem_of(client.post, "/api/v2/images", {"name": "host", "reference": "UPPER/x", "clusters": ["nowhere"], "description": "x" * 256})
    assert set(bad.fields()) == {"name", "reference", "clusters", "description"}
    client.post("/api/v2/images", {"name": name, "reference": "a/b:1", "fetch": False})
    assert problem_of(client.post, "/api/v2/images", {"name": name, "reference": "a/b:1"}).code == "image_name_in_use"
    client.delete(f"/api/v2/images/{name}")
    assert named(client, name) is None


def test_external_images_are_a_clusters_choice(tmp_path, hub, plain):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/clusters.toml").write_text('[[cluster]]\nname = "openi"\nlayout = "openi"\nexternal_images = false\n')
    with serving(tmp_path) as server:
        client = server.client()
        client.call("PUT", f"/api/v2/registries/{hub}", {"plain_http": True})
        project = Project.make(client)
        project.push({"train.py": "print('ran')"})
        refused = problem_of(project.submit, image=f"{hub}/tests/plain:1")
        assert refused.fields() == {"image": "image_external"}
        client.post("/api/v2/images", {"name": "plain", "reference": f"{hub}/tests/plain:1"})
        task = project.submit(image="plain")
        task.wait_end(180)
        assert task.state == "SUCCEEDED"


def test_an_ai_engine_stands_for_an_image(tmp_path, hub, debian):
    marked(debian, tmp_path / "layout", "MindSpore").push(f"{hub}/tests/mindspore:1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/clusters.toml").write_text(
        '[[cluster]]\nname = "openi"\nlayout = "openi"\nsimulate = true\n[[cluster]]\nname = "real"\nlayout = "openi"\n'
        '[[cluster]]\nname = "c2net"\nlayout = "c2net"\nsimulate = true\n')
    with serving(tmp_path) as server:
        client = server.client()
        client.call("PUT", f"/api/v2/registries/{hub}", {"plain_http": True})
        client.post("/api/v2/images", {"name": "ms", "reference": f"{hub}/tests/mindspore:1", "computes": ["npu"],
                                       "engines": ["MindSpore1.8.1", "Ascend-Powered-Engine/MindSpore1.8.1"]})
        project = Project.make(client)
        task = project.run_well("print(open('/etc/layer').read())", compute="npu", engine="MindSpore1.8.1")
        assert b"MindSpore" in task.log()
        project.run_well("print(open('/etc/layer').read())", compute="npu", engine="Ascend-Powered-Engine/MindSpore1.8.1", cluster="c2net")
        # On a cluster that simulates, a script may be tried without any image for its engine.
        project.run_well("import os; assert not os.path.exists('/etc/layer')", compute="npu", engine="TensorFlow1.15")
        refused = problem_of(project.submit, compute="npu", engine="TensorFlow1.15", cluster="real")
        assert refused.fields()["engine"] == "engine_missing" and "MindSpore1.8.1" in str(refused.body)


@pytest.mark.parametrize("kind", ["docker-archive", "oci-archive"])
def test_an_archive_needs_no_registry(server, client, project, debian, name, tmp_path, kind):
    archive = marked(debian, tmp_path / "layout", kind).save(tmp_path / "image.tar", kind)
    made = client.put(f"/api/v2/images/{name}/archive", archive.read_bytes())
    assert made["name"] == name
    assert settled(client, name)["state"] == "ready"
    project.push(SCRIPT)
    task = project.submit(image=name)
    task.wait_end(180)
    assert task.state == "SUCCEEDED" and kind.encode() in task.log()
    client.post("/api/v2/images/prune")
    assert named(client, name)["state"] == "ready", "it could not be fetched again"
    client.delete(f"/api/v2/images/{name}")
    digest = made["digest"] or ""
    client.post("/api/v2/images/prune")
    assert digest.removeprefix("sha256:") not in trees(server)


def test_an_archive_that_is_none_is_told(client, name):
    client.put(f"/api/v2/images/{name}/archive", b"no archive at all" * 1000)
    image = settled(client, name)
    assert image["state"] == "failed" and image["failure"]["code"] == "image_archive_broken"


def test_the_longest_unused_goes_first_and_one_in_use_never(server, client, project, hub, debian, trusts, tmp_path):
    names = {}
    for mark in ("old", "new", "used"):
        layout = marked(debian, tmp_path / mark, mark)
        layout.push(f"{trusts(hub)}/tests/gc-{mark}:1")
        names[mark] = layout.digest.removeprefix("sha256:")
    project.push({"train.py": "import os, time\nprint('up', flush=True)\nwhile not os.path.exists('/model/go'): time.sleep(0.02)\nopen('/etc/layer').read()"})  # the script's own
    for mark in ("old", "new"):
        task = project.submit(image=f"{hub}/tests/gc-{mark}:1")
        task.wait_log("up")
        (server.data / f"tasks/{task.id}/output/go").touch()
        task.wait_end(180)
    running = project.submit(image=f"{hub}/tests/gc-used:1")
    running.wait_log("up")
    server.restart()  # what is in use is known by more than memory
    assert {*names.values()} <= trees(server)
    until(lambda: client.post("/api/v2/images/prune") and not {names["old"], names["new"]} & trees(server), 30)
    assert names["used"] in trees(server)
    (server.data / f"tasks/{running.id}/output/go").touch()
    running.wait_end(180)
    assert running.state == "SUCCEEDED"


def test_only_the_administrator_changes_the_catalogue(server, client, name):
    someone = make_person(server, f"someone-{name}")
    for method, path, body in (("POST", "/images", {"name": name, "reference": "a/b:1"}), ("PUT", "/registries/a.example.com", {}),
                               ("GET", "/registries", None), ("POST", "/images/prune", {}), ("PUT", f"/images/{name}/archive", {})):
        assert problem_of(someone.call, method, f"/api/v2{path}", body).code == "not_administrator"
    assert someone.get("/api/v2/images")["items"][0]["name"] == "host"
