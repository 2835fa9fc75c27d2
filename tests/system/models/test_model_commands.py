"""`cloudbrain model …`: what a person types, and what comes of it."""

import json
import os

import pytest

from command_line import CommandLine


@pytest.fixture
def run(server, tmp_path):
    return CommandLine(server, tmp_path)


def test_a_folder_goes_up_and_comes_down_as_it_was(run, project, tmp_path):
    files = {"m.pt": os.urandom(300_000), "conf/模型.json": b"{}", "empty": b""}
    for name, content in files.items():
        (tmp_path / "model" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "model" / name).write_bytes(content)
    assert "resnet:V0001 is ready (3 files" in run("model", "upload", "resnet", "model", "-p", project.name, "--notes", "first", "--metric", "top1=0.76")
    (tmp_path / "more.txt").write_text("more")
    run("model", "upload", "resnet:V0001", "more.txt", "-p", project.name)
    version = run("model", "show", "resnet:V0001", "-p", project.name, "--json")
    assert [file["path"] for file in version["files"]] == ["conf/模型.json", "empty", "m.pt", "more.txt"]
    assert (version["notes"], version["metrics"]) == ("first", {"top1": 0.76})
    for _ in range(2):  # the second time there is nothing left to fetch
        run("model", "download", "resnet:V0001", "-p", project.name)
        for name, content in files.items():
            assert (tmp_path / "resnet-V0001" / name).read_bytes() == content
    run("model", "download", "resnet:V0001:more.txt", "-p", project.name, "-o", "one")
    assert os.listdir(tmp_path / "one") == ["more.txt"]


def test_models_are_made_listed_changed_and_deleted(run, project):
    run("model", "create", "lenet", "-p", project.name, "--framework", "PyTorch", "--description", "small")
    task = project.run_well("open('/model/m', 'w').write('1')")
    run("model", "import", "lenet", "--task", task.id, "--metric", "accuracy=0.9")
    run("model", "edit", "lenet:V0001", "-p", project.name, "--notes", "good", "--metric", "accuracy=0.98", "--metric", "loss=0.1")
    run("model", "edit", "lenet", "-p", project.name, "--name", f"renamed-{project.name}", "--public")
    name = f"renamed-{project.name}"
    assert name in run("model", "list", "--search", name) and "V0001" in run("model", "list", "-p", project.name)
    shown = run("model", "show", f"{name}:V0001", "-p", project.name)
    assert all(word in shown for word in ("accuracy", "0.98", "loss", "good", task.show()["name"], "V0001"))
    assert f"{name}" in run("model", "show", name, "-p", project.name)
    run("model", "delete", f"{name}:V0001", "-p", project.name)
    run("model", "delete", name, "-p", project.name)
    assert run("model", "list", "-p", project.name, "--json")["items"] == []


@pytest.mark.parametrize("words", [
    ["model", "show", "lenet:", "-p", "x"], ["model", "download", "lenet", "-p", "x"], ["model", "edit", "lenet", "-p", "x"],
    ["model", "edit", "lenet:V0001", "-p", "x", "--public"], ["model", "edit", "lenet", "-p", "x", "--public", "--private"],
    ["model", "import", "lenet", "--task", "1", "--metric", "accuracy"], ["model", "upload", "lenet", "nowhere", "-p", "x"]])
def test_a_command_line_that_makes_no_sense_is_told_so(run, words):
    ended = run.run(*words)
    assert ended.returncode == 2 and ended.stderr, ended


def test_a_failed_import_is_told_and_ends_badly(run, server, project):
    task = project.run_well("open('/model/m', 'w').write('1')")
    with open(server.task_folder(task.id) / "output/m", "a"):
        ended = run.run("model", "import", "lenet", "--task", task.id)
    assert ended.returncode == 1 and '"m"' in ended.stderr, ended
    ended = run.run("model", "import", "lenet", "--task", task.id, "--path", "none", "--json")
    assert ended.returncode == 1 and json.loads(ended.stderr)["problems"][0]["field"] == "paths[0]", ended
