"""The whole table of contracts: one script in every layout, with none, one or three data sets, with and without a model."""

import json

import pytest

from archives import zip_of
from project_models import Model
from projects import Project
from running_server import serving

CLUSTERS = """
[[cluster]]
name = "openi"
layout = "openi"
simulate = true

[[cluster]]
name = "c2net"
layout = "c2net"
simulate = true
"""

# Says what it was given and what is there, as one JSON object.
TELL = """
import json, os, sys
def walk(root):
    return sorted(os.path.relpath(os.path.join(folder, name), root)
                  for folder, _, names in os.walk(root, followlinks=True) for name in names)
def writable(folder):
    try:
        open(folder + "/.probe", "w").close()
        os.remove(folder + "/.probe")
        return True
    except OSError:
        return False
places = json.load(open("places.json"))
print(json.dumps({"argv": sys.argv, "cwd": os.getcwd(), "environment": dict(os.environ),
                  "files": {place: walk(place) for place in places}, "writable": {place: writable(place) for place in places}}))
"""

# cluster, compute, kind: where code, data, model and output lie, and whether places come as arguments.
ROWS = {
    ("openi", "gpu", "train"): ("/code", "/dataset", "/pretrainmodel", "/model", False),
    ("openi", "gpu", "inference"): ("/code", "/dataset", "/model", "/result", False),
    ("openi", "npu", "train"): ("/cache/code", "/cache/dataset", "/cache/pretrainmodel", "/cache/output", True),
    ("openi", "npu", "inference"): ("/cache/code", "/cache/dataset", "/cache/pretrainmodel", "/cache/output", True),
    ("c2net", "gpu", "train"): ("/tmp/code", "/tmp/dataset", "/tmp/pretrainmodel", "/tmp/output", False),
    ("c2net", "gpu", "inference"): ("/tmp/code", "/tmp/dataset", "/tmp/pretrainmodel", "/tmp/output", False),
    ("c2net", "npu", "train"): ("/cache/code", "/cache/dataset", "/cache/pretrainmodel", "/cache/output", False),
    ("c2net", "npu", "inference"): ("/cache/code", "/cache/dataset", "/cache/pretrainmodel", "/cache/output", False),
}
DATA = {"one.zip": "one", "二.zip": "二", "three.tar.gz": "three"}
CASES = [(row, count, has_model) for row in ROWS for count in (0, 1, 3) for has_model in (False, True) if has_model or row[2] == "train"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    config = tmp_path_factory.mktemp("config")
    (config / "clusters.toml").write_text(CLUSTERS)
    with serving(tmp_path_factory.mktemp("server"), "--config", config) as server:
        project = Project.make(server.client(), "Table-1")
        places = sorted({place for row in ROWS.values() for place in row[:4]})
        project.push({"train.py": TELL, "places.json": json.dumps(places)})
        for name in DATA:
            project.upload(name, zip_of({"in.txt": name}))
        Model(project, "lenet").uploaded({"m.ckpt": b"weights"})
        yield project


@pytest.fixture(scope="module")
def told(project):
    """What each case said. All are submitted at once."""
    tasks = {}
    for row, count, has_model in CASES:
        cluster, compute, kind = row
        tasks[row, count, has_model] = project.submit(
            cluster=cluster, compute=compute, kind=kind, datasets=list(DATA)[:count],
            params=[{"name": "epoch_size", "value": "3"}],
            model={"name": "lenet", "version": "V0001", "file": "m.ckpt"} if has_model else None)
    said = {}
    for case, task in tasks.items():
        assert task.wait_end()["state"] == "SUCCEEDED", (case, task.log())
        said[case] = json.loads(task.log())
    return said


def lists(row, count):
    """The two JSON lists that NPU scripts of the platform read."""
    _, data, model, _, _ = ROWS[row]
    chosen = list(DATA.values())[:count]
    return ([{"dataset_url": f"{data}/{name}", "dataset_name": name} for name in chosen],
            [{"model_url": f"{model}/m.ckpt", "model_name": "m.ckpt"}])


def arguments(row, count, has_model):
    cluster, compute, kind = row
    _, data, model, output, has_arguments = ROWS[row]
    checkpoint = [("ckpt_url", f"{model}/m.ckpt")] if has_model else []
    given = [("epoch_size", "3")]
    if not has_arguments:
        return [*given, *checkpoint, *([("device_target", "Ascend")] if compute == "npu" else [])]
    data_list, model_list = lists(row, count)
    found = []
    if count:
        found.append(("data_url", data if count == 1 else f"{data}/one"))
    found.append(("result_url" if kind == "inference" else "train_url", output))
    if count:
        found.append(("multi_data_url", data_list))
    if has_model:
        found.append(("pretrain_url", model_list))
    return [*found, *checkpoint, *given, ("device_target", "Ascend")]


def data_files(count):
    chosen = list(DATA.values())[:count]
    return sorted([".dataset_cache_file", *(["in.txt"] if count == 1 else []), *(f"{name}/in.txt" for name in chosen)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{'-'.join(case[0])}-{case[1]}-{'model' if case[2] else 'none'}")
def test_a_script_is_given_what_its_row_promises(told, case):
    row, count, has_model = case
    code, data, model, output, _ = ROWS[row]
    said = told[case]
    home = code if row[0] == "openi" else f"{code}/table-1"
    assert (said["argv"][0], said["cwd"]) == (f"{home}/train.py", home)
    pairs = [word.removeprefix("--").split("=", 1) for word in said["argv"][1:]]
    assert [(name, json.loads(value) if value.startswith("[") else value) for name, value in pairs] == arguments(*case)
    assert said["files"][data] == data_files(count)
    assert said["files"][model] == sorted([".pretrainmodel_cache_file", *(["m.ckpt"] if has_model else [])])
    assert said["files"][output] == []
    assert [said["writable"][place] for place in (data, model, output)] == [False, False, True]
    # The names of the first rows lead to the same places in every cluster.
    plain = dict(zip(ROWS["openi", "gpu", row[2]][1:4], (data, model, output)))
    assert all(said["files"][name] == said["files"][place] and said["writable"][name] == said["writable"][place]
               for name, place in plain.items())
    others = {place for layout in ROWS.values() for place in layout[:4]} - {code, data, model, output, *plain}
    assert all(said["files"][place] == [] and not said["writable"][place] for place in others)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{'-'.join(case[0])}-{case[1]}-{'model' if case[2] else 'none'}")
def test_a_script_finds_the_same_in_its_variables(told, case):
    row, count, has_model = case
    code, data, model, output, _ = ROWS[row]
    environment = told[case]["environment"]
    expected = {
        "DATA_DOWNLOAD_METHOD": "MOUNT", "LOCAL_CODE_PATH": code, "LOCAL_DATASET_PATH": data,
        "LOCAL_PRETRAIN_MODEL_PATH": model, "LOCAL_OUTPUT_PATH": output, "OUTPUT_URL": output,
        "CODE_NEED_UNZIP": "false", "DATASET_NEED_UNZIP": "false", "PRETRAIN_MODEL_NEED_UNZIP": "false",
        "RANK_SIZE": "1", "RANK_ID": "0", "RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0",
        "DEVICE_ID": "0", "ASCEND_DEVICE_ID": "0", "MASTER_ADDR": "127.0.0.1", "PYTHONUNBUFFERED": "1",
    }
    assert {name: environment.get(name) for name in expected} == expected
    data_list, model_list = lists(row, count)
    assert json.loads(environment["CODE_URL"]) == []
    assert json.loads(environment["DATASET_URL"]) == data_list
    assert json.loads(environment["PRETRAIN_MODEL_URL"]) == (model_list if has_model else [])


READS_FIXED_PLACES = """
import os
print(open("/dataset/in.txt").read(), sorted(os.listdir("/dataset/one")))
open("/model/made.txt", "w").write("made")
"""
ASKS_C2NET = """
import os
from c2net.context import prepare, upload_output
context = prepare()
print(open(context.dataset_path + "/one/in.txt").read(), sorted(os.listdir(context.dataset_path + "/one")))
open(context.output_path + "/made.txt", "w").write("made")
upload_output()
"""


@pytest.mark.parametrize("script", [READS_FIXED_PLACES, ASKS_C2NET], ids=["fixed places", "c2net"])
def test_one_script_runs_unchanged_in_every_cluster(project, script):
    for cluster in ("openi", "c2net"):
        for compute in ("cpu", "gpu", "npu"):
            task = project.start(script, cluster=cluster, compute=compute, datasets=["one.zip"])
            assert task.wait_end()["state"] == "SUCCEEDED", (cluster, compute, task.log())
            assert b"one.zip ['in.txt']" in task.log() and task.output("made.txt") == b"made"
