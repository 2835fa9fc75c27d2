"""The packages that tasks find on PYTHONPATH: moxing, openi and c2net, in the words of scripts that use them."""

import json
import os
import pathlib
import subprocess

import pytest

PACKAGES = pathlib.Path(__file__).resolve().parents[3] / "task-packages"


def run_script(text, folder, *arguments, before=(), **variables):
    """Runs a script in `folder`; `before`: directories in front of ours on the path."""
    path = os.pathsep.join(map(str, [*before, PACKAGES / "any", PACKAGES / "npu"]))
    done = subprocess.run(
        ["/usr/bin/python3", "-B", "-c", text, *map(str, arguments)], cwd=folder, capture_output=True, text=True,
        timeout=60, env={"PATH": os.environ["PATH"], "PYTHONPATH": path, **variables})
    return done


def output_of(text, folder, *arguments, **more):
    done = run_script(text, folder, *arguments, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def data(tmp_path):
    """A read-only folder of a data set, as a task has it."""
    root = tmp_path / "dataset"
    (root / "train" / "empty").mkdir(parents=True)
    (root / "train" / "one.bin").write_bytes(b"1" * 1000)
    (root / "名称.txt").write_text("数据")
    (root / "名称.txt").chmod(0o444)
    return root


def test_a_folder_is_copied_with_everything_in_it_and_the_copy_may_be_written(tmp_path, data):
    output_of("import sys, moxing as mox\nmox.file.copy_parallel(sys.argv[1], sys.argv[2])", tmp_path, data, tmp_path / "a/b")
    assert (tmp_path / "a/b/train/one.bin").read_bytes() == b"1" * 1000
    assert (tmp_path / "a/b/train/empty").is_dir()
    (tmp_path / "a/b/名称.txt").open("a").close()
    assert (tmp_path / "a/b/名称.txt").stat().st_mode & 0o600 == 0o600


def test_a_file_is_copied_below_folders_that_are_not_there_yet(tmp_path, data):
    output_of("import sys, moxing\nmoxing.file.copy(sys.argv[1], 'new/er/name.bin')", tmp_path, data / "train/one.bin")
    assert (tmp_path / "new/er/name.bin").stat().st_size == 1000
    assert [path.name for path in (tmp_path / "new/er").iterdir()] == ["name.bin"]


def test_copying_a_folder_onto_itself_or_into_itself_ends(tmp_path, data):
    script = "import sys, moxing\nmoxing.file.copy_parallel(sys.argv[1], sys.argv[2])"
    output_of(script, tmp_path, data, data)
    output_of(script, tmp_path, data, data / "train" / "copy")
    assert (data / "train/copy/train/one.bin").stat().st_size == 1000


def test_what_scripts_ask_about_paths(tmp_path, data):
    said = output_of("""
import sys, json, moxing as mox
root = sys.argv[1]
mox.file.shift('os', 'mox')
mox.file.make_dirs(root + '/made/deep'); mox.file.make_dirs(root + '/made/deep')
with mox.file.File(root + '/log.txt', 'w') as file: file.write('a\\n')
mox.file.append(root + '/log.txt', 'b\\n')
print(json.dumps([mox.file.exists(root + '/made'), mox.file.exists(root + '/none'),
    mox.file.is_directory(root), mox.file.is_directory(root + '/log.txt'),
    mox.file.list_directory(root), mox.file.list_directory(root, recursive=True, skip_file=False),
    mox.file.read(root + '/log.txt'), mox.file.get_size(root, recursive=True)]))
""", tmp_path, data)
    assert json.loads(said) == [
        True, False, True, False, ["log.txt", "made", "train", "名称.txt"],
        ["log.txt", "made", "made/deep", "train", "train/empty", "train/one.bin", "名称.txt"], "a\nb\n", 1010]


@pytest.mark.parametrize("url", ["obs://bucket/data", "s3://bucket/data"])
def test_an_object_store_is_refused_with_a_sentence(tmp_path, url):
    done = run_script("import sys, moxing\nmoxing.file.copy_parallel(sys.argv[1], 'here')", tmp_path, url)
    assert done.returncode == 1
    assert "object store" in done.stderr and url in done.stderr
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("function", ["openi_multidataset_to_env", "c2net_multidataset_to_env"])
def test_data_sets_come_to_folders_of_their_names(tmp_path, data, function):
    listed = json.dumps([{"dataset_url": str(data), "dataset_name": "A.zip"},
                         {"dataset_url": str(data / "train"), "dataset_name": "B"}])
    output_of(f"import sys\nfrom openi import {function}\n{function}(sys.argv[1], 'env')", tmp_path, listed)
    assert (tmp_path / "env/A/train/one.bin").exists() and (tmp_path / "env/B/one.bin").exists()


def test_models_come_in_and_results_go_out(tmp_path):
    (tmp_path / "lenet.ckpt").write_bytes(b"w")
    listed = json.dumps([{"model_url": str(tmp_path / "lenet.ckpt"), "model_name": "start.ckpt"}])
    output_of("""
import sys
from openi import pretrain_to_env, env_to_openi, obs_copy_file, obs_copy_folder
pretrain_to_env(sys.argv[1], 'models')
env_to_openi('models', 'out')
obs_copy_file('out/start.ckpt', 'one.ckpt')
obs_copy_folder('out', 'two')
""", tmp_path, listed)
    for path in ("models/start.ckpt", "out/start.ckpt", "one.ckpt", "two/start.ckpt"):
        assert (tmp_path / path).read_bytes() == b"w", path


def test_a_list_that_is_none_is_named(tmp_path):
    done = run_script("import openi\nopeni.pretrain_to_env('[{}]', 'models')", tmp_path)
    assert done.returncode == 1 and "model_url" in done.stderr and "[{}]" in done.stderr


def test_prepare_tells_the_folders_and_makes_the_output(tmp_path):
    names = {f"LOCAL_{name}_PATH": str(tmp_path / name.lower())
             for name in ("CODE", "DATASET", "PRETRAIN_MODEL", "OUTPUT", "TENSORBOARD")}
    said = output_of("""
from c2net.context import prepare, upload_output
for _ in range(2): context = prepare()
print(context.code_path, context.dataset_path, context.pretrain_model_path, context.output_path,
      context.tensorboard_path, upload_output(), sep='\\n')
""", tmp_path, **names)
    folders = list(names.values())
    assert said.splitlines() == [*folders, folders[3]]
    assert (tmp_path / "output").is_dir() and not (tmp_path / "dataset").exists()


def test_prepare_outside_of_a_task_says_what_is_missing(tmp_path):
    done = run_script("from c2net.context import prepare\nprepare()", tmp_path)
    assert done.returncode == 1 and "LOCAL_CODE_PATH" in done.stderr


@pytest.mark.parametrize("package", ["moxing", "openi", "c2net"])
@pytest.mark.parametrize("in_front", [True, False])
def test_a_package_of_the_image_wins(tmp_path, package, in_front):
    own = tmp_path / "site"
    (own / package).mkdir(parents=True)
    (own / package / "__init__.py").write_text("WHOSE = 'image'\n")
    (own / package / "context.py").write_text("WHOSE = 'image'\n")
    script = f"import sys\nif not {in_front}: sys.path.append('{own}')\nimport {package}, {package}.context\nprint({package}.WHOSE, {package}.context.WHOSE)"
    assert output_of(script, tmp_path, before=[own] if in_front else []) == "image image\n"
