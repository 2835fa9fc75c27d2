"""What a script can rely on: its arguments, places and variables in every layout."""

import json

import pytest

from archives import zip_of
from projects import Project

# Says what it was given, as one JSON object.
TELL = """
import json, os, sys
def listing(path):
    try:
        return sorted(os.listdir(path))
    except OSError as error:
        return error.strerror
def writable(path):
    try:
        open(path + "/.probe", "w").close()
        os.remove(path + "/.probe")
        return True
    except OSError:
        return False
paths = json.loads(open("paths.json").read()) if os.path.exists("paths.json") else []
print(json.dumps({
    "argv": sys.argv, "cwd": os.getcwd(), "environment": dict(os.environ),
    "listings": {path: listing(path) for path in paths}, "writable": {path: writable(path) for path in paths},
    "stdin": sys.stdin.read(), "path": sys.path[0],
}))
"""


def told(task):
    return json.loads(task.log())


VALUES = [
    "plain", "", "two words", " leading and trailing ", "'single'", '"double"', "\"'mixed'\"", "line\nfeed\n", "\ttab", "a\rb",
    "$(touch /model/injected)", "`touch /model/injected`", "; touch /model/injected", "&& touch /model/injected",
    "| touch /model/injected", "> /model/injected", "$HOME ${PATH}", "*", "?", "[a-z]", "~", "{1..9}", "!!", "#x", "%s%n",
    "\\", "\\n", "--help", "-c import os", "-", "--", "=", "a=b=c", "中文 参数", "😀 é ñ", "\x01\x1b[31m", "'; exit 1; '", "x" * 30_000,
]


def test_a_parameter_is_one_argument_whatever_is_in_it(project):
    params = [{"name": f"v{number}", "value": value} for number, value in enumerate(VALUES)]
    params += [{"name": "again", "value": "1"}, {"name": "again", "value": "2"}, {"name": "a.b-c_D9", "value": "x"}]
    task = project.run_well(TELL, params=params)
    expected = ["/code/train.py", *(f"--v{number}={value}" for number, value in enumerate(VALUES))]
    assert told(task)["argv"] == [*expected, "--again=1", "--again=2", "--a.b-c_D9=x"]
    assert task.outputs() == []
    assert task.show()["params"] == params


def test_two_hundred_long_parameters_arrive_whole(project):
    params = [{"name": f"p{number}", "value": "值" * 400} for number in range(200)]
    argv = told(project.run_well(TELL, params=params))["argv"]
    assert argv[1:] == [f"--{param['name']}={param['value']}" for param in params]


LAYOUTS = {
    "openi": dict(code="/code", dataset="/dataset", model="/pretrainmodel", output="/model"),
    "c2net": dict(code="/tmp/code", dataset="/tmp/dataset", model="/tmp/pretrainmodel", output="/tmp/output"),
}


@pytest.fixture(params=[(cluster, compute) for cluster in LAYOUTS for compute in ("cpu", "gpu")], ids="-".join)
def place(request):
    """A cluster, a compute resource, and the layout that they have. NPU needs specs that only an NPU gives."""
    cluster, compute = request.param
    return cluster, compute, LAYOUTS[cluster]


def code_directory(project, cluster, layout):
    return layout["code"] if cluster == "openi" else f"{layout['code']}/{project.name.lower()}"


def run_in(place, project, files=None, **fields):
    cluster, compute, layout = place
    paths = [*layout.values(), code_directory(project, cluster, layout), "/", "/tmp"]
    paths += [f"{layout['dataset']}/one", f"{layout['dataset']}/two", f"{layout['dataset']}/二"]
    project.push({"train.py": TELL, "sub/start.py": TELL, "paths.json": json.dumps(paths), **(files or {})})
    task = project.submit(cluster=cluster, compute=compute, **fields)
    assert task.wait_end()["state"] == "SUCCEEDED", task.log()
    return told(task)


@pytest.fixture
def shouting(client, request):
    """A project with capitals in its name."""
    return Project.make(client, f"Demo-{abs(hash(request.node.name)) % 10**9}.V2")


def test_code_lies_and_runs_where_the_layout_says(place, shouting):
    cluster, _, layout = place
    code = code_directory(shouting, cluster, layout)
    said = run_in(place, shouting)
    assert (said["cwd"], said["argv"], said["path"]) == (code, [f"{code}/train.py"], code)
    assert said["writable"][code] and {"train.py", "sub", "paths.json"} <= set(said["listings"][code])
    assert ".git" not in said["listings"][code]
    deeper = run_in(place, shouting, boot_file="sub/start.py")
    assert (deeper["cwd"], deeper["argv"]) == (code, [f"{code}/sub/start.py"])


def test_the_variables_name_the_places(place, project):
    _, _, layout = place
    environment = run_in(place, project)["environment"]
    expected = {
        "DATA_DOWNLOAD_METHOD": "MOUNT", "LOCAL_CODE_PATH": layout["code"], "LOCAL_DATASET_PATH": layout["dataset"],
        "LOCAL_PRETRAIN_MODEL_PATH": layout["model"], "LOCAL_OUTPUT_PATH": layout["output"],
        "CODE_NEED_UNZIP": "false", "DATASET_NEED_UNZIP": "false", "PRETRAIN_MODEL_NEED_UNZIP": "false",
        "RANK_SIZE": "1", "RANK_ID": "0", "RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0", "DEVICE_ID": "0",
        "ASCEND_DEVICE_ID": "0", "MASTER_ADDR": "127.0.0.1", "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1",
    }
    assert {name: environment.get(name) for name in expected} == expected
    assert environment["MASTER_PORT"].isdigit() and environment["CLOUDBRAIN_TASK_ID"].isdigit()
    assert environment["LOCAL_TENSORBOARD_PATH"].startswith(layout["output"])
    # Nothing of the server's own surroundings.
    assert "CLOUDBRAIN_ADMIN_PASSWORD" not in environment and environment["HOME"] != "/root"


def test_the_markers_of_the_c2net_package_are_there_already(place, project):
    cluster, _, layout = place
    lists = run_in(place, project)["listings"]
    assert ".code_cache_file" in lists[layout["code"]]
    assert lists[layout["dataset"]] == [".dataset_cache_file"]
    assert lists[layout["model"]] == [".pretrainmodel_cache_file"]
    project.upload("one.zip", zip_of({"a.txt": "1"}))
    lists = run_in(place, project, datasets=["one.zip"])["listings"]
    assert lists[layout["dataset"]] == [".dataset_cache_file", "a.txt", "one"]


def test_one_data_set_lies_at_the_root_and_in_its_folder_read_only(place, project):
    _, _, layout = place
    project.upload("one.zip", zip_of({"a.txt": "1", "deep/b.txt": "2"}))
    said = run_in(place, project, datasets=["one.zip"])
    assert {"a.txt", "deep", "one"} <= set(said["listings"][layout["dataset"]])
    assert said["listings"][f"{layout['dataset']}/one"] == ["a.txt", "deep"]
    assert not said["writable"][layout["dataset"]] and not said["writable"][f"{layout['dataset']}/one"]
    assert said["writable"][layout["output"]] and said["listings"][layout["output"]] == []


def test_several_data_sets_lie_each_in_its_folder(place, project):
    _, _, layout = place
    project.upload("one.zip", zip_of({"a.txt": "1"}))
    project.upload("二.zip", zip_of({"b.txt": "2"}))
    said = run_in(place, project, datasets=["one.zip", "二.zip"])
    assert set(said["listings"][layout["dataset"]]) - {".dataset_cache_file"} == {"one", "二"}
    assert said["listings"][f"{layout['dataset']}/one"] == ["a.txt"]
    assert said["listings"][f"{layout['dataset']}/二"] == ["b.txt"]
    assert not said["writable"][f"{layout['dataset']}/one"]


def test_a_data_set_that_brings_its_own_folder_keeps_it(project):
    project.upload("one.zip", zip_of({"one/a.txt": "inner"}))
    task = project.run_well("import os; print(open('/dataset/one/a.txt').read(), os.listdir('/dataset/one'))", datasets=["one.zip"])
    assert task.log() == b"inner ['a.txt']\n"


def test_what_a_script_writes_into_its_code_harms_no_later_task(project):
    project.push({"train.py": "open('train.py', 'w').write('broken('); open('left', 'w')"})
    assert project.submit().wait_end()["state"] == "SUCCEEDED"
    again = project.submit()
    assert again.wait_end()["state"] == "SUCCEEDED", again.log()
    assert project.run_well("import os; print(os.path.exists('left'))").log() == b"False\n"


def test_a_script_has_an_empty_standard_input_and_a_home_it_may_write(project):
    said = told(project.run_well(TELL))
    assert said["stdin"] == ""
    assert project.run_well("import os; open(os.path.expanduser('~/x'), 'w').write('1'); print('written')").log() == b"written\n"


def test_a_script_that_asks_c2net_finds_its_folders(place, project):
    cluster, compute, layout = place
    project.push({"train.py": """
from c2net.context import prepare, upload_output
context = prepare()
print(context.code_path, context.dataset_path, context.pretrain_model_path, context.output_path)
open(context.output_path + "/made.txt", "w").write("1")
print(upload_output())
try:
    import moxing
except ImportError:
    print("no NPU")
"""})
    task = project.submit(cluster=cluster, compute=compute)
    assert task.wait_end()["state"] == "SUCCEEDED", task.log()
    paths = [layout[name] for name in ("code", "dataset", "model", "output")]
    assert task.log().decode().splitlines() == [" ".join(paths), layout["output"], "no NPU"]
    assert task.output("made.txt") == b"1"


def test_tensorboard_logs_written_where_the_variable_says_are_results(project):
    task = project.run_well("""
import os
folder = os.environ["LOCAL_TENSORBOARD_PATH"]
os.makedirs(folder, exist_ok=True)
open(folder + "/events", "w").write("scalars")
""")
    assert task.output("tensorboard/events") == b"scalars"
