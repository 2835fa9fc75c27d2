"""Tasks that begin with a model: inference tasks, and training from a pretrained one."""

import pytest

from project_models import Model, choice
from projects import problem_of

LOOKS = """
import os, sys
[ckpt] = [word for word in sys.argv if word.startswith("--ckpt_url=")]
ckpt = ckpt.partition("=")[2]
root = os.path.dirname(ckpt)
def may_write(path):
    try:
        open(path, "w")
        return True
    except OSError:
        return False
print(ckpt, open(ckpt).read(), sorted(os.listdir(root)), os.environ["LOCAL_PRETRAIN_MODEL_PATH"] == root,
      may_write(ckpt), may_write(root + "/new"), os.environ["LOCAL_OUTPUT_PATH"])
open(os.environ["LOCAL_OUTPUT_PATH"] + "/result.txt", "w").write("read")
"""


@pytest.fixture
def model(project):
    model = Model(project, "lenet")
    model.uploaded({"m.pt": b"weights", "n.pt": b"more"})
    return model


@pytest.mark.parametrize("kind, cluster, place, output", [
    ("train", "openi", "/pretrainmodel", "/model"), ("inference", "openi", "/model", "/result"),
    ("train", "c2net", "/tmp/pretrainmodel", "/tmp/output"), ("inference", "c2net", "/tmp/pretrainmodel", "/tmp/output")])
def test_the_script_finds_the_version_where_its_layout_says(project, model, kind, cluster, place, output):
    task = project.run_well(LOOKS, kind=kind, cluster=cluster, model=choice({"version": "V0001"}, file="m.pt"))
    names = "['.pretrainmodel_cache_file', 'm.pt', 'n.pt']"
    assert task.log().decode() == f"{place}/m.pt weights {names} True False False {output}\n"
    assert task.output("result.txt") == b"read"


def test_a_choice_is_checked_at_submit_with_its_field(project, model):
    def refused(**fields):
        return problem_of(project.submit, **fields).fields()
    project.push({"train.py": "pass"})
    lenet = {"name": "lenet", "version": "V0001", "file": "m.pt"}
    assert refused(kind="inference") == {"model": "model_required"}
    assert refused(model={**lenet, "name": "none"}) == {"model.name": "model_missing"}
    for version in ("", "V0002", "1", "V1", "v0001"):
        assert refused(model={**lenet, "version": version}) == {"model.version": "version_missing"}
    assert refused(model={**lenet, "file": ""}) == {"model.file": "file_required"}
    for file in ("none.pt", "../m.pt", "/model/m.pt", ".pretrainmodel_cache_file"):
        assert refused(model={**lenet, "file": file}) == {"model.file": "model_file_missing"}
    Model(project, "empty").make()
    assert refused(model={**lenet, "name": "empty"}) == {"model.version": "version_empty"}
    for text in (problem_of(project.client.in_chinese().post, f"{project.path}/tasks", project.request(kind="inference")).body["problems"][0]["message"],):
        assert "推理任务" in text


def test_the_only_file_need_not_be_named_and_then_is(project, model):
    model.uploaded({"deep/only.pt": b"1"})
    task = project.run_well("import sys; print(sys.argv[1:])", model={"name": "LENET", "version": "V0002"})
    assert task.log() == b"['--ckpt_url=/pretrainmodel/deep/only.pt']\n"
    assert task.show()["model"] == {"name": "lenet", "version": "V0002", "file": "deep/only.pt"}


def test_each_kind_has_its_own_list_and_names(project, model):
    project.push({"train.py": "pass"})
    train = project.submit(name="same-name")
    infer = project.submit(name="same-name", kind="inference", model=choice({"version": "V0001"}, file="m.pt"))
    assert [task["id"] for task in project.tasks(kind="inference")] == [infer.id]
    assert [task["id"] for task in project.tasks(kind="train")] == [train.id]
    infer.wait_end()
    assert [use["id"] for use in model.version("V0001")["used_by"]] == [infer.id]


def test_a_model_that_a_task_uses_is_not_deleted(server, project, model):
    task = project.start("""
import os, time
print("up")
while not os.path.exists("/model/end"):
    time.sleep(0.02)  # the script's own
print(open("/pretrainmodel/m.pt").read())
""", model=choice({"version": "V0001"}, file="m.pt"))
    task.wait_log("up")
    for path in (model.path, f"{model.path}/versions/V0001"):
        problem = problem_of(project.client.delete, path)
        assert (problem.status, problem.code) == (409, "model_in_use") and task.show()["name"] in problem.body["detail"]
    # Renamed it may be: the task knows it by more than its name.
    project.client.call("PATCH", model.path, {"name": "renamed"})
    server.restart()
    (server.task_folder(task.id) / "output/end").touch()
    assert task.wait_end()["state"] == "SUCCEEDED" and task.log() == b"up\nweights\n"
    assert project.client.delete(f"{project.path}/models/renamed") == 204


def test_a_version_says_what_it_changed_of_its_parent(project, model):
    parent = project.run_well("pass", params=[{"name": "lr", "value": "0.1"}, {"name": "seed", "value": "1"}])
    assert project.client.get(f"{parent.path}/differences") == {"parent": None, "fields": [], "commit": None}
    before = parent.show()
    request = {name: before[name] for name in ("kind", "cluster", "compute", "name", "branch", "boot_file", "image", "engine", "spec", "max_runtime_s")}
    after = project.push({"train.py": "print('two')"})
    child = project.client.post(f"{parent.path}/modify", {
        **request, "description": "again", "model": choice({"version": "V0001"}, file="m.pt"),
        "params": [{"name": "lr", "value": "0.2"}, {"name": "epochs", "value": "3"}]})
    assert (child["version"], child["parent"]) == ("V0002", parent.id)
    found = project.client.get(f"/api/v2/tasks/{child['id']}/differences")
    assert found["parent"] == {"id": parent.id, "version": "V0001"} and found["commit"] == {"before": before["commit"], "after": after}
    assert {field["field"]: (field["before"], field["after"]) for field in found["fields"]} == {
        "description": ("", "again"), "model": (None, "lenet:V0001:m.pt"), "params.lr": ("0.1", "0.2"),
        "params.seed": ("1", None), "params.epochs": (None, "3")}
    [row] = project.client.get(f"{project.path}/tasks")["items"]
    assert (row["task"]["id"], row["versions"]) == (child["id"], 2)
