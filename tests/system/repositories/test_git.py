"""The real git against the server: clone, fetch, push, and who may."""

import os

from git_client import address_of
from projects import Project


def test_what_was_pushed_is_what_a_task_runs(git, project, copy):
    (copy / "train.py").write_text("import sub.part\n")
    (copy / "sub").mkdir()
    (copy / "sub/part.py").write_text("print('pushed')\n")
    git("add", "-A", at=copy)
    git("commit", "-qm", "more", at=copy)
    git("push", "-q", "origin", "main", at=copy)
    head = git("rev-parse", "HEAD", at=copy).strip()
    task = project.submit()
    task.wait_end()
    assert (task.log(), task.show()["commit"]) == (b"pushed\n", head)


def test_the_first_push_fills_an_empty_project(git, project, tmp_path):
    git("init", "-q", "-b", "main", "fresh")
    fresh = tmp_path / "fresh"
    (fresh / "train.py").write_text("print('hello')\n")
    git("add", "-A", at=fresh)
    git("commit", "-qm", "first", at=fresh)
    git("push", "-q", address_of(project, project.client.token), "main", at=fresh)
    assert [branch["name"] for branch in project.client.get(f"{project.path}/branches")["items"]] == ["main"]


def test_a_commit_made_in_the_browser_comes_with_the_next_pull(git, project, copy):
    project.push({"new.py": "print('new')\n"})
    git("pull", "-q", at=copy)
    assert (copy / "new.py").read_text() == "print('new')\n"


def test_a_push_of_many_megabytes_goes_through_in_chunks(git, project, copy):
    content = os.urandom(24 << 20)
    (copy / "weights.bin").write_bytes(content)
    git("add", "-A", at=copy)
    git("-c", "core.compression=0", "commit", "-qm", "large", at=copy)
    # More than http.postBuffer (1 MB) is sent with Transfer-Encoding: chunked.
    git("-c", "core.compression=0", "push", "-q", "origin", "main", at=copy)
    git("clone", "-q", address_of(project), "another")
    assert (git.home / "another/weights.bin").read_bytes() == content


def test_a_branch_is_made_and_removed_by_pushing(git, project, copy):
    git("push", "-q", "origin", "HEAD:refs/heads/topic/one", at=copy)
    names = {branch["name"] for branch in project.client.get(f"{project.path}/branches")["items"]}
    assert names == {"main", "topic/one"}
    git("push", "-q", "origin", ":refs/heads/topic/one", at=copy)
    assert [branch["name"] for branch in project.client.get(f"{project.path}/branches")["items"]] == ["main"]


def test_anyone_clones_a_public_project_and_nobody_pushes_to_it_unknown(git, project, tmp_path):
    commit = project.push({"train.py": "print(1)\n"})
    git("clone", "-q", address_of(project), "public")
    copy = tmp_path / "public"
    assert git("rev-parse", "HEAD", at=copy).strip() == commit
    git("commit", "--allow-empty", "-qm", "mine", at=copy)
    for wrong in (None, "0" * 40):
        said = git("push", address_of(project, wrong), "main", at=copy, fails=True)
        assert "could not read Username" in said or "Authentication failed" in said
    reader = address_of(project, project.client.make_token("read"))
    assert "403" in git("push", reader, "main", at=copy, fails=True)
    assert project.client.get(f"{project.path}/branches")["items"][0]["commit"] == commit


def test_a_private_project_is_cloned_with_a_token_alone(git, client):
    project = Project.make(client, private=True)
    project.push({"train.py": "print(1)\n"})
    git("clone", "-q", address_of(project), "not-known", fails=True)
    git("clone", "-q", address_of(project, "0" * 40), "wrong", fails=True)
    git("clone", "-q", address_of(project, client.make_token("read")), "mine")


def test_a_project_that_is_not_there_looks_like_a_private_one(git, client):
    there, not_there = Project.make(client, private=True), Project(client, "no-such-project")
    said = [git("clone", address_of(project), "copy", fails=True).replace(project.name, "NAME")
            for project in (there, not_there)]
    assert said[0] == said[1]


def test_a_push_that_the_server_refuses_changes_nothing(git, project, copy):
    before = project.client.get(f"{project.path}/branches")
    git("commit", "--amend", "--allow-empty", "-qm", "rewritten", at=copy)
    git("push", "origin", "main", at=copy, fails=True)  # no fast-forward
    git("push", "origin", "HEAD:refs/heads/main.lock", at=copy, fails=True)
    assert project.client.get(f"{project.path}/branches") == before
