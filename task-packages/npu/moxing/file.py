"""Files and folders by path, under the names of moxing.file.

Every function takes a local path; "file:///…" is one too. What cannot be reached from a task, such as
obs:// and s3://, raises ValueError.
"""

import glob as _glob
import os
import shutil
import tempfile
from urllib.parse import unquote, urlparse

__all__ = [
    "File", "append", "copy", "copy_parallel", "exists", "get_size", "glob", "is_directory",
    "list_directory", "make_dirs", "mk_dir", "read", "remove", "rename", "scan_dir", "set_auth",
    "shift", "stat", "walk", "write",
]


def _local(url):
    path = os.fspath(url)
    if "://" not in path:
        return path
    parts = urlparse(path)
    if parts.scheme == "file":
        return unquote(parts.path)
    raise ValueError(
        "%r is in an object store, which this platform does not use: what a task is given lies on "
        "local paths (its arguments and variables name them)." % path
    )


def exists(url):
    return os.path.exists(_local(url))


def is_directory(url):
    return os.path.isdir(_local(url))


def make_dirs(url):
    """With its parents; nothing happens where it is there already."""
    os.makedirs(_local(url), exist_ok=True)


def mk_dir(url):
    make_dirs(url)


def list_directory(url, recursive=False, skip_file=False, skip_dir=False):
    """Names in a folder, sorted; with `recursive` paths relative to it."""
    root = _local(url)
    if not os.path.isdir(root):
        raise FileNotFoundError("There is no folder %r." % root)
    names = []
    for folder, folders, files in os.walk(root, followlinks=True):
        inside = os.path.relpath(folder, root)
        found = ([] if skip_dir else folders) + ([] if skip_file else files)
        names.extend(os.path.normpath(os.path.join(inside, name)) for name in found)
        if not recursive:
            break
    return sorted(names)


def scan_dir(url):
    """What os.scandir gives."""
    return os.scandir(_local(url))


def walk(url):
    return os.walk(_local(url))


def glob(pattern):
    return sorted(_glob.glob(_local(pattern)))


def stat(url):
    return os.stat(_local(url))


def get_size(url, recursive=False):
    """Bytes of a file, or with `recursive` of all files in a folder."""
    path = _local(url)
    if not os.path.isdir(path):
        return os.path.getsize(path)
    if not recursive:
        return 0
    return sum(
        os.path.getsize(os.path.join(folder, name))
        for folder, _, files in os.walk(path)
        for name in files
    )


def copy(src_url, dst_url, **_):
    """Copies one file. The folders above `dst_url` are made; the file is there whole or not at all."""
    source, target = _local(src_url), _local(dst_url)
    if os.path.isdir(source):
        raise IsADirectoryError("%r is a folder: copy_parallel copies folders." % source)
    if os.path.exists(target) and os.path.samefile(source, target):
        return
    folder = os.path.dirname(target) or os.curdir
    os.makedirs(folder, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=".copying-", dir=folder)
    os.close(handle)
    try:
        shutil.copyfile(source, aside)
        # A data set is read-only; its copy is the script's own.
        os.chmod(aside, (os.stat(source).st_mode & 0o777) | 0o600)
        os.replace(aside, target)
    except BaseException:
        os.unlink(aside)
        raise


def copy_parallel(src_url, dst_url, file_list=None, **_):
    """Copies what is in a folder, or of it only `file_list` (paths in it), into the folder `dst_url`."""
    source, target = _local(src_url), _local(dst_url)
    if not os.path.isdir(source):
        if os.path.exists(source):
            return copy(source, target)
        raise FileNotFoundError("There is no folder %r." % source)
    os.makedirs(target, exist_ok=True)
    if os.path.samefile(source, target):
        return None
    if file_list is not None:
        for name in file_list:
            copy(os.path.join(source, name), os.path.join(target, name))
        return None
    # Listed before anything is written: the target may lie in the source.
    for folder, folders, files in list(os.walk(source, followlinks=True)):
        inside = os.path.relpath(folder, source)
        for name in folders:
            os.makedirs(os.path.join(target, inside, name), exist_ok=True)
        for name in files:
            copy(os.path.join(folder, name), os.path.normpath(os.path.join(target, inside, name)))
    return None


def remove(url, recursive=False):
    path = _local(url)
    if not os.path.isdir(path) or os.path.islink(path):
        os.unlink(path)
    elif recursive:
        shutil.rmtree(path)
    else:
        os.rmdir(path)


def rename(src_url, dst_url):
    target = _local(dst_url)
    os.makedirs(os.path.dirname(target) or os.curdir, exist_ok=True)
    shutil.move(_local(src_url), target)


class File(object):
    """An open file: `with mox.file.File(path, "w") as file`. A file object in all but its name."""

    def __init__(self, url, mode="r"):
        path = _local(url)
        if any(letter in mode for letter in "wax+"):
            os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
        self._file = open(path, mode)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __iter__(self):
        return iter(self._file)


def read(url, binary=False):
    with File(url, "rb" if binary else "r") as file:
        return file.read()


def write(url, data, binary=False):
    with File(url, "wb" if binary or isinstance(data, bytes) else "w") as file:
        file.write(data)


def append(url, data, binary=False):
    with File(url, "ab" if binary or isinstance(data, bytes) else "a") as file:
        file.write(data)


def shift(*_):
    """moxing makes os and open() reach object stores; here they reach everything already."""


def set_auth(**_):
    """There is nothing to sign in to."""
