"""clusters.toml and specs.toml: what an administrator offers, and NPU layouts tried on a CPU."""

import json
import subprocess

import pytest

from api_client import problem_of
from archives import zip_of
from projects import Project
from running_server import PROGRAM, serving

CLUSTERS = """
[[cluster]]
name = "openi"
title_zh = "启智集群"
title_en = "OpenI"
layout = "openi"
simulate = true

[[cluster]]
name = "c2net"
layout = "c2net"
computes = ["npu"]
simulate = true
"""
SPECS = """
[[spec]]
name = "小型"
compute = "cpu"
cpus = 1
memory = "512MB"

[[spec]]
name = "closed"
compute = "cpu"
cpus = 1
memory = "256MB"
shared_memory = "64MB"
internet = false
clusters = ["openi"]
kinds = ["inference"]
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Offers what the two files say."""
    config = tmp_path_factory.mktemp("config")
    (config / "clusters.toml").write_text(CLUSTERS)
    (config / "specs.toml").write_text(SPECS)
    with serving(tmp_path_factory.mktemp("server"), "--config", config) as running:
        yield running


def test_the_files_are_what_is_offered(client):
    specs = {spec["name"]: spec for spec in client.get("/api/v2/specs")["items"]}
    assert set(specs) == {"小型", "closed"}
    assert specs["小型"]["memory_bytes"] == 512 << 20 and specs["小型"]["shared_memory_bytes"] == 256 << 20
    assert specs["closed"]["shared_memory_bytes"] == 64 << 20 and not specs["closed"]["internet"]
    clusters = {cluster["name"]: cluster for cluster in client.get("/api/v2/clusters")["items"]}
    assert clusters["c2net"]["computes"] == ["npu"] and clusters["openi"]["computes"] == ["cpu", "gpu", "npu"]


def test_a_spec_is_for_the_kinds_and_clusters_that_it_names(project):
    project.push({"train.py": ""})
    problem = problem_of(project.submit, spec="closed")
    assert problem.status == 422 and problem.fields() == {"spec": "spec_does_not_fit"}


def test_a_cluster_names_its_specs_images_and_longest_time(tmp_path):
    (tmp_path / "clusters.toml").write_text(
        '[[cluster]]\nname = "openi"\nlayout = "openi"\nspecs = ["small"]\nimages = ["torch"]\nmax_runtime_hours = 2\n'
        '[[cluster]]\nname = "c2net"\nlayout = "c2net"\n')
    (tmp_path / "specs.toml").write_text("".join(
        f'[[spec]]\nname = "{name}"\ncompute = "cpu"\ncpus = 1\nmemory = "256MB"\n' for name in ("small", "other")))
    with serving(tmp_path, "--config", tmp_path) as server:
        client = server.client()
        offered = {name: [spec["name"] for spec in client.get("/api/v2/specs", cluster=name)["items"]] for name in ("openi", "c2net")}
        assert offered == {"openi": ["small"], "c2net": ["small", "other"]}
        openi = client.get("/api/v2/clusters")["items"][0]
        assert (openi["specs"], openi["images"], openi["max_runtime_s"]) == (["small"], ["torch"], 7200)
        project = Project.make(client)
        project.push({"train.py": "print('ran')"})
        refused = problem_of(project.submit, spec="other", max_runtime_s=7201)
        assert refused.fields() == {"spec": "spec_does_not_fit", "image": "image_does_not_fit", "max_runtime_s": "out_of_range"}
        project.run_well("print('ran')", cluster="c2net", spec="other", max_runtime_s=7201)


def test_an_npu_task_without_an_npu_is_told_so_at_submit(tmp_path):
    with serving(tmp_path) as server:
        project = Project.make(server.client())
        project.push({"train.py": ""})
        refused = problem_of(project.submit, compute="npu")
        assert refused.status == 422 and refused.fields() == {"compute": "accelerator_missing"}
        assert "Ascend NPU" in str(refused.body) and "simulate = true" in str(refused.body)


def test_an_npu_script_is_tried_on_the_cpu_of_a_cluster_that_simulates(project):
    project.upload("one.zip", zip_of({"a.txt": "1"}))
    project.upload("two.zip", zip_of({"b.txt": "2"}))
    project.push({"train.py": """
import argparse, json, os
import moxing as mox
from openi import openi_multidataset_to_env, env_to_openi
parser = argparse.ArgumentParser()
for name in ("data_url", "train_url", "multi_data_url", "device_target"): parser.add_argument("--" + name)
args, _ = parser.parse_known_args()
openi_multidataset_to_env(args.multi_data_url, "/cache/data")
mox.file.make_dirs("/cache/made")
with mox.file.File("/cache/made/result.txt", "w") as file: file.write("done")
env_to_openi("/cache/made", args.train_url)
print(json.dumps([args.device_target, os.getcwd(), sorted(mox.file.list_directory("/cache/data", recursive=True))]))
"""})
    task = project.submit(cluster="openi", compute="npu", spec="小型", datasets=["one.zip", "two.zip"])
    assert task.wait_end()["state"] == "SUCCEEDED", task.log()
    assert json.loads(task.log()) == ["Ascend", "/cache/code", ["one", "one/a.txt", "two", "two/b.txt"]]
    assert task.output("result.txt") == b"done"


def test_c2net_runs_npu_scripts_in_their_folder(client):
    project = Project.make(client, "Shouting.V2")
    project.push({"train.py": "import os\nfrom c2net.context import prepare\nprint(os.getcwd(), prepare().output_path)"})
    task = project.submit(cluster="c2net", compute="npu", spec="小型")
    assert task.wait_end()["state"] == "SUCCEEDED", task.log()
    assert task.log() == b"/cache/code/shouting.v2 /cache/output\n"


@pytest.mark.parametrize("name, text, line, word", [
    ("clusters.toml", '[[cluster]]\nname = "a"\nlayout = "nowhere"\n', 3, "nowhere"),
    ("clusters.toml", '[[cluster]]\nname = "a"\nlayout = "openi"\nengine = "kubernetes"\n', 4, "kubernetes"),
    ("clusters.toml", '[[cluster]]\nlayout = "openi"\n', 1, '"name" is missing'),
    ("clusters.toml", '[[cluster]]\nname = "a"\nlayout = "openi"\n[[cluster]]\nname = "a"\nlayout = "openi"\n', 5, "two named"),
    ("clusters.toml", "", 0, "no [[cluster]]"),
    ("clusters.toml", "[[clusters]]\n", 1, "[[cluster]]"),
    ("clusters.toml", "name = \n", 1, "clusters.toml"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = 0\nmemory = "1GB"\n', 4, "between 1 and"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = "4"\nmemory = "1GB"\n', 4, "whole number"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = 1\nmemory = "lots"\n', 5, "lots"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = 1\nmemory = "9999999999999GB"\n', 5, "9999999999999GB"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "gpu"\ncpus = 1\nmemory = "1GB"\naccelerators = 2\n', 6, "belong together"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = 1\nmemory = "1GB"\nclusters = ["mars"]\n', 6, "mars"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = 1\nmemory = "1GB"\nkinds = [1]\n', 6, "list of texts"),
    ("specs.toml", '[[spec]]\nname = "a"\ncompute = "cpu"\ncpus = 1\nmemory = "1GB"\nprice = 3\n', 6, "price"),
])
def test_a_mistake_in_a_file_ends_the_start_with_its_line(tmp_path, name, text, line, word):
    (tmp_path / name).write_text(text)
    done = subprocess.run([PROGRAM, "serve", "--data", tmp_path / "data", "--config", tmp_path, "--listen", "127.0.0.1:0"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"{name}, line {line}:" in done.stderr and word in done.stderr, done.stderr
