"""git under load and in bad company: many at once, limits, a push that dies, a server that must not grow."""

import os
import pathlib
import re

import pytest

from git_client import address_of, repository_of
from traces import all_pids, until

MANY_CLONES, PUSHES = 50, 5


def fsck(git, server, project):
    return git("--git-dir", repository_of(server, project), "-c", "safe.directory=*", "fsck", "--strict", "--no-dangling")


def quarantines(server, project):
    return list((repository_of(server, project) / "objects").glob("tmp_objdir-*"))


def processes_in(folder):
    """Pids of processes that work in `folder`, as git's do."""
    found = []
    for pid in all_pids():
        try:
            found += [pid] if os.readlink(f"/proc/{pid}/cwd") == str(folder) else []
        except OSError:
            pass
    return found


def peak_kb(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def test_fifty_clones_and_five_pushes_at_once_all_finish(git, server, project, copy):
    git.commit(copy, {f"f{number}.bin": os.urandom(20_000) for number in range(50)})
    git("push", "-q", "origin", "main", at=copy)
    address = address_of(project, project.client.make_token("read", "write"))
    for number in range(PUSHES):
        git("clone", "-q", address, f"pusher-{number}")
        git.commit(git.home / f"pusher-{number}", {f"own-{number}.bin": os.urandom(2 << 20)})
    running = [git.start("push", "origin", f"HEAD:refs/heads/topic-{number}", at=git.home / f"pusher-{number}")
               for number in range(PUSHES)]
    running += [git.start("clone", "--bare", address, f"clone-{number}") for number in range(MANY_CLONES)]
    for one in running:
        said, _ = one.communicate(timeout=300)
        assert one.returncode == 0, said
    branches = {branch["name"] for branch in project.client.get(f"{project.path}/branches")["items"]}
    assert branches == {"main", *(f"topic-{number}" for number in range(PUSHES))}
    fsck(git, server, project)
    assert not quarantines(server, project)


def test_of_two_pushes_to_one_branch_at_once_one_wins_and_the_other_is_told(git, server, project, copy):
    address = address_of(project, project.client.make_token("read", "write"))
    ids = []
    for number in range(2):
        git("clone", "-q", address, f"rival-{number}")
        ids.append(git.commit(git.home / f"rival-{number}", {"train.py": f"print({number})\n"}))
    running = [git.start("push", "origin", "main", at=git.home / f"rival-{number}") for number in range(2)]
    said = [one.communicate(timeout=120)[0] for one in running]
    codes = [one.returncode for one in running]
    assert sorted(codes) == [0, 1], said
    loser = codes.index(1)
    assert "rejected" in said[loser]
    assert project.client.get(f"{project.path}/branches")["items"][0]["commit"] == ids[1 - loser]
    fsck(git, server, project)


def test_a_push_killed_half_way_leaves_nothing(git, server, project, copy):
    before = project.client.get(f"{project.path}/branches")
    lost = git.commit(copy, {"large.bin": os.urandom(64 << 20)})
    pushing = git.start("push", "origin", "main", at=copy)
    until(lambda: any(path.stat().st_size > 1 << 20 for one in quarantines(server, project)
                      for path in one.rglob("*") if path.is_file()), 60)
    git.kill(pushing)
    until(lambda: not quarantines(server, project), 60)
    assert project.client.get(f"{project.path}/branches") == before
    git("--git-dir", repository_of(server, project), "-c", "safe.directory=*", "cat-file", "-e", lost, fails=True)
    fsck(git, server, project)
    git("push", "-q", "origin", "main", at=copy)


def test_a_large_push_and_clone_take_little_memory_of_the_server(git, server, project, copy):
    git.commit(copy, {"large.bin": os.urandom(40 << 20), "other.bin": os.urandom(40 << 20)})
    pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # VmHWM counts from here
    before = peak_kb(server)
    git("-c", "core.compression=0", "push", "-q", "origin", "main", at=copy)
    git("clone", "-q", "--bare", address_of(project), "large")
    assert peak_kb(server) - before < 16 << 10


def test_shallow_and_partial_clones(git, project, copy):
    project.push({"train.py": "print('second')\n", "data.bin": os.urandom(1 << 20)})
    git("clone", "-q", "--depth", "1", address_of(project), "shallow")
    assert git("rev-list", "--count", "HEAD", at=git.home / "shallow").strip() == "1"
    git("clone", "-q", "--bare", "--filter=blob:none", address_of(project), "partial")
    assert "blob" not in git("cat-file", "--batch-all-objects", "--batch-check", at=git.home / "partial")
    git("fetch", "-q", "--unshallow", at=git.home / "shallow")
    assert git("rev-list", "--count", "HEAD", at=git.home / "shallow").strip() == "2"


@pytest.fixture
def small_limits(server):
    client = server.client()
    before = client.get("/api/v2/settings")
    client.call("PATCH", "/api/v2/settings", {"max_file_bytes": 1 << 20, "max_repository_bytes": 8 << 20})
    yield
    client.call("PATCH", "/api/v2/settings", {name: before[name] for name in ("max_file_bytes", "max_repository_bytes")})


def test_a_push_of_a_large_file_is_refused_in_the_pushers_words(git, project, copy, small_limits):
    git.commit(copy, {"models/large.bin": os.urandom(2 << 20)})
    said = git("push", "origin", "main", at=copy, fails=True)
    assert "remote: models/large.bin has 2.0 MiB; a file in a repository may have 1 MiB at most." in said
    assert "remote: models/large.bin 有 2.0 MiB" in git("push", "origin", "main", at=copy, fails=True, language="zh_CN.UTF-8")
    assert project.client.get(f"{project.path}/branches")["items"][0]["title"] == "test"


def test_a_push_beyond_the_repositorys_limit_is_refused_in_the_pushers_words(git, server, project, copy, small_limits):
    git.commit(copy, {f"{number}.bin": os.urandom(900_000) for number in range(12)})
    said = git("push", "origin", "main", at=copy, fails=True)
    assert "remote: The repository would have more than 8 MiB" in said
    assert "remote: 代码仓库将超过 8 MiB" in git("push", "origin", "main", at=copy, fails=True, language="zh_CN.UTF-8")
    assert not quarantines(server, project)
    git("reset", "-q", "--hard", "HEAD~1", at=copy)
    git.commit(copy, {"small.bin": os.urandom(1000)})
    git("push", "-q", "origin", "main", at=copy)


def test_a_path_that_nobody_could_show_is_refused(git, project, copy):
    git.commit(copy, {"back\\slash": "x"})
    assert "cannot be the path of a file" in git("push", "origin", "main", at=copy, fails=True)


def test_a_hook_that_a_user_brought_never_runs(git, server, project, copy, tmp_path):
    """Neither one of their tree, nor one that somebody put where git looks by itself."""
    harmed = tmp_path / "harmed"
    hooks = repository_of(server, project) / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {harmed}\n")
        (hooks / name).chmod(0o755)
    git.commit(copy, {"hooks/post-receive": f"#!/bin/sh\ntouch {harmed}\n", "config": "[core]\nfsmonitor = touch harmed\n"})
    git("push", "-q", "origin", "main", at=copy)
    git("clone", "-q", address_of(project), "again")
    assert not harmed.exists()


def test_the_server_ends_git_when_a_cloner_goes_away(git, server, project, copy):
    git.commit(copy, {"large.bin": os.urandom(32 << 20)})
    git("-c", "core.compression=0", "push", "-q", "origin", "main", at=copy)
    cloning = git.start("clone", "--bare", address_of(project), "never")
    until(lambda: any((git.home / "never").rglob("tmp_pack_*")), 60)
    git.kill(cloning)
    until(lambda: not processes_in(repository_of(server, project)), 30)
