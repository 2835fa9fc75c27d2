"""See the package."""

import json
import os
import tarfile
import zipfile

import moxing

_ENDINGS = (".zip", ".tar.gz", ".tgz", ".tar")


def _listed(text, kind):
    try:
        listed = json.loads(text) if text else []
    except ValueError:
        listed = None
    keys = {kind + "_url", kind + "_name"}
    if not isinstance(listed, list) or not all(isinstance(one, dict) and keys <= set(one) for one in listed):
        raise ValueError(
            '%r is not a JSON list of {"%s_url": …, "%s_name": …}.' % (text, kind, kind)
        )
    return [(one[kind + "_url"], one[kind + "_name"]) for one in listed]


def _plain(name):
    """The name of an archive's folder."""
    for ending in _ENDINGS:
        if name.endswith(ending):
            return name[: -len(ending)]
    return name


def _unpack(archive, folder):
    # The user's own upload, and the task's own folder: the sandbox is the border.
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder)


def openi_multidataset_to_env(multi_data_url, data_dir):
    """Each data set's content lies in <data_dir>/<its name> afterwards."""
    for url, name in _listed(multi_data_url, "dataset"):
        target = os.path.join(data_dir, _plain(name))
        if moxing.file.is_directory(url):
            moxing.file.copy_parallel(url, target)
        elif name.endswith(_ENDINGS) or url.endswith(_ENDINGS):
            os.makedirs(target, exist_ok=True)
            _unpack(url, target)
        else:
            moxing.file.copy(url, os.path.join(data_dir, name))


def c2net_multidataset_to_env(multi_data_url, data_dir):
    """As openi_multidataset_to_env: both clusters give data sets unpacked here."""
    openi_multidataset_to_env(multi_data_url, data_dir)


def pretrain_to_env(pretrain_url, pretrain_dir):
    """Each model's file lies at <pretrain_dir>/<its name> afterwards."""
    for url, name in _listed(pretrain_url, "model"):
        moxing.file.copy_parallel(url, os.path.join(pretrain_dir, name))


def env_to_openi(train_dir, train_url):
    """Hands a folder of results to the platform."""
    moxing.file.copy_parallel(train_dir, train_url)


def obs_copy_file(obs_file_url, file_url):
    moxing.file.copy(obs_file_url, file_url)


def obs_copy_folder(folder_dir, obs_folder_url):
    moxing.file.copy_parallel(folder_dir, obs_folder_url)
