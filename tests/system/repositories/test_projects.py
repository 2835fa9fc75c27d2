"""A project's life: made, found, renamed, shared, given away, deleted."""

import subprocess

import pytest

from accounts import make_person
from api_client import Problem, problem_of
from archives import zip_of
from projects import Project, Task
from traces import until


@pytest.fixture(scope="module")
def eve(server):
    return make_person(server, "eve-of-projects")


@pytest.fixture(scope="module")
def bob(server):
    return make_person(server, "bob-of-projects")


def names(client, **query):
    return [project["full_name"] for project in client.get("/api/v2/projects", limit=200, **query)["items"]]


def files(project, branch="main"):
    return sorted(entry["path"] for entry in project.client.get(f"{project.path}/tree/{branch}/")["items"])


# ---- how one begins -------------------------------------------------------------------------------------------------------------


def test_a_project_begins_empty_with_a_readme_or_from_an_example(client):
    empty = Project.make(client)
    assert client.get(f"{empty.path}/branches")["items"] == []
    readme = Project.make(client, description="手写数字", readme=True)
    text = client.call("GET", f"{readme.path}/raw/main/README.md").raw.decode()
    assert text.startswith(f"# {readme.name}\n") and "手写数字" in text
    example = Project.make(client, example="mnist-gpu")
    assert {"train.py", "train_for_c2net.py", "inference.py", "pretrain.py", "README.md"} <= set(files(example))
    assert client.get(example.path)["origin"] == "mnist-gpu"


@pytest.mark.parametrize("body, field", [
    ({"name": "a", "example": "none"}, "example"), ({"name": "a", "example": "mnist-gpu", "readme": True}, "readme"),
    ({"name": "-a"}, "name"), ({"name": "a.git"}, "name"), ({"name": "a", "description": "字" * 256}, "description")])
def test_a_wrong_beginning_makes_nothing(client, body, field):
    before = names(client)
    assert list(problem_of(client.post, "/api/v2/projects", body).fields()) == [field]
    assert names(client) == before


def test_the_platforms_examples_are_public_projects_from_the_first_start(client):
    for name, boot_files in (("mnist-gpu", {"train.py", "pretrain.py"}), ("mnist-npu", {"train.py"})):
        project = client.signed_out().get(f"/api/v2/projects/examples/{name}")
        assert not project["private"] and project["role"] is None
        tree = client.signed_out().get(f"/api/v2/projects/examples/{name}/tree/main/")["items"]
        assert boot_files | {"README.md", "train_for_c2net.py", "inference.py"} <= {entry["path"] for entry in tree}
    assert [example["name"] for example in client.signed_out().get("/api/v2/examples")["items"]] == ["mnist-gpu", "mnist-npu"]


def test_nobody_signs_in_as_the_owner_of_the_examples(client):
    for password in ("!", "", "examples"):
        assert problem_of(client.post, "/api/v2/session", {"name": "examples", "password": password}).status in (400, 401, 429)


def test_examples_that_somebody_changed_are_made_whole_at_the_next_start(own_server):
    client = own_server.client()
    path = "/api/v2/projects/examples/mnist-gpu"
    whole = client.call("GET", f"{path}/raw/main/train.py").raw
    change = {"branch": "main", "message": "x", "files": [{"path": "train.py", "content": "broken"}]}
    changed = client.post(f"{path}/commits", change)["commit"]
    own_server.restart()
    assert client.call("GET", f"{path}/raw/main/train.py").raw == whole
    assert client.call("GET", f"{path}/raw/{changed}/train.py").raw == b"broken", "history is kept"
    head = client.get(f"{path}/branches")["items"][0]["commit"]
    own_server.restart()
    assert client.get(f"{path}/branches")["items"][0]["commit"] == head, "nothing new: no commit"


# ---- found and named ------------------------------------------------------------------------------------------------------------


def test_lists_have_what_a_person_may_see_and_searches_narrow_them(client, eve):
    secret = Project.make(client, "searched-secret", private=True)
    Project.make(client, "searched-open", description="Handwritten DIGITS")
    eve.post("/api/v2/projects", {"name": "searched-hers"})
    assert names(client, search="SEARCHED") == ["eve-of-projects/searched-hers", "admin/searched-open", "admin/searched-secret"]
    assert names(eve, search="searched") == ["eve-of-projects/searched-hers", "admin/searched-open"]
    assert names(eve, search="digits") == ["admin/searched-open"]
    assert names(eve, mine="true") == ["eve-of-projects/searched-hers"]
    assert names(eve, owner="admin", search="searched") == ["admin/searched-open"]
    assert names(client.signed_out(), mine="true") == []
    client.call("PUT", f"{secret.path}/members/eve-of-projects", {"role": "reader"})
    assert "admin/searched-secret" in names(eve, mine="true")
    assert eve.get(secret.path)["role"] == "reader"


def test_old_names_lead_to_a_renamed_project_for_the_api_and_for_git(server, client, tmp_path):
    project = Project.make(client, "named-first", readme=True)
    renamed = client.call("PATCH", project.path, {"name": "named-second"}).json
    assert renamed["full_name"] == "admin/named-second"
    assert client.get(project.path)["full_name"] == "admin/named-second"
    url = f"http://admin:{client.make_token('read', 'write')}@127.0.0.1:{server.port}/admin/named-first.git"
    subprocess.run(["git", "clone", "-q", url, tmp_path / "copy"], check=True)
    assert (tmp_path / "copy/README.md").exists()
    other = Project.make(client, "named-first")
    assert client.get(other.path)["full_name"] == "admin/named-first", "a new project takes the name"
    assert problem_of(client.call, "PATCH", other.path, {"name": "Named-Second"}).code == "name_in_use"


def test_settings_change_what_they_name_and_nothing_else(client):
    project = Project.make(client, description="one", readme=True)
    before = client.get(project.path)
    assert client.call("PATCH", project.path, {}).json == before
    assert client.call("PATCH", project.path, {"description": "二", "private": True}).json == {**before, "description": "二", "private": True}
    assert problem_of(client.call, "PATCH", project.path, {"default_branch": "none"}).fields() == {"default_branch": "branch_missing"}
    assert problem_of(client.call, "PATCH", project.path, {"name": "a b", "description": "字" * 256}).fields().keys() == {"name", "description"}
    assert client.get(project.path)["description"] == "二"


# ---- shared ---------------------------------------------------------------------------------------------------------------------


def test_a_member_may_do_what_the_role_says_and_no_more(client, eve, bob):
    project = Project.make(client, private=True, readme=True)
    assert problem_of(eve.get, project.path).status == 404
    member = f"{project.path}/members/eve-of-projects"
    change = {"branch": "main", "message": "x", "files": [{"path": "a", "content": "b"}]}

    assert client.call("PUT", member, {"role": "reader"}).json["role"] == "reader"
    assert eve.get(f"{project.path}/branches")["items"]
    assert problem_of(eve.post, f"{project.path}/commits", change).status == 403
    client.call("PUT", member, {"role": "writer"})
    eve.post(f"{project.path}/commits", change)
    assert problem_of(eve.call, "PATCH", project.path, {"description": "hers"}).status == 403
    assert problem_of(eve.call, "PUT", f"{project.path}/members/bob-of-projects", {"role": "reader"}).status == 403
    client.call("PUT", member, {"role": "owner"})
    eve.call("PUT", f"{project.path}/members/bob-of-projects", {"role": "reader"})
    assert [(row["user"], row["role"]) for row in bob.get(f"{project.path}/members")["items"]] == [
        ("admin", "owner"), ("bob-of-projects", "reader"), ("eve-of-projects", "owner")]
    assert problem_of(bob.delete, member).status == 403, "a reader removes nobody"
    assert bob.call("POST", f"{project.path}/leave").status == 204, "but may leave"
    assert problem_of(bob.get, project.path).status == 404
    assert client.delete(member) == 204
    assert problem_of(eve.get, project.path).status == 404


def test_members_that_cannot_be_are_refused(client):
    project = Project.make(client)
    for user, code in (("nobody", "user_missing"), ("admin", "is_owner"), ("examples", "user_missing")):
        assert problem_of(client.call, "PUT", f"{project.path}/members/{user}", {"role": "reader"}).code == code
    assert problem_of(client.delete, f"{project.path}/members/nobody").code == "member_missing"
    assert problem_of(client.call, "PUT", f"{project.path}/members/nobody", {"role": "king"}).fields() == {"role": "not_allowed"}


def test_a_member_who_writes_runs_tasks_and_another_stops_only_their_own(client, eve, bob):
    project = Project.make(client, private=True)
    project.push({"train.py": "import time\nprint('on', flush=True)\ntime.sleep(600)"})  # stopped below
    for name in ("eve-of-projects", "bob-of-projects"):
        client.call("PUT", f"{project.path}/members/{name}", {"role": "writer"})
    task = Task(eve, eve.post(f"{project.path}/tasks", project.request())["id"])
    task.wait_for("RUNNING")
    assert problem_of(bob.post, f"{task.path}/stop").status == 403
    eve.post(f"{task.path}/stop")
    assert task.wait_end()["state"] == "STOPPED"


# ---- given away and deleted -----------------------------------------------------------------------------------------------------


def test_a_project_is_given_to_a_member_and_its_giver_stays_an_owner(eve, bob):
    eve.post("/api/v2/projects", {"name": "given", "readme": True})
    path = "/api/v2/projects/eve-of-projects/given"
    assert problem_of(eve.post, f"{path}/transfer", {"owner": "bob-of-projects"}).fields() == {"owner": "not_member"}
    eve.call("PUT", f"{path}/members/bob-of-projects", {"role": "reader"})
    assert eve.post(f"{path}/transfer", {"owner": "bob-of-projects"})["full_name"] == "bob-of-projects/given"
    assert bob.get("/api/v2/projects/bob-of-projects/given")["role"] == "owner"
    assert eve.get(path)["role"] == "owner", "the old name leads there"
    assert bob.get(f"{path}/members")["items"][0]["user"] == "bob-of-projects"


def test_a_project_is_deleted_with_all_that_is_in_it(server, client):
    project = Project.make(client)
    project.upload("data.zip", zip_of({"a.txt": "text"}))
    task = project.run_well("print(1)", datasets=["data.zip"])
    for confirmed in ("", "?confirm=", f"?confirm={project.name}", "?confirm=admin/other"):
        assert problem_of(client.delete, project.path + confirmed).code == "confirm_name"
    running = project.start("import time\nprint('on', flush=True)\ntime.sleep(600)")  # stopped below
    running.wait_for("RUNNING")
    whole = f"{project.path}?confirm=admin/{project.name}"
    assert problem_of(client.delete, whole).code == "project_has_live_tasks"
    assert client.get(task.path)["state"] == "SUCCEEDED", "and nothing was touched"
    running.stop()
    running.wait_end()
    repository = server.data / "repositories" / f"{client.get(project.path)['id']}.git"
    assert repository.exists()
    assert client.delete(whole) == 204
    assert problem_of(client.get, project.path).status == 404
    assert problem_of(client.get, task.path).status == 404
    assert not repository.exists()
    until(lambda: not server.task_folder(task.id).exists(), what="the task's folder stays")
    assert Project.make(client, project.name), "the name is free again"


def test_a_repository_without_a_project_goes_with_the_next_start(own_server):
    stray = own_server.data / "repositories" / "987654.git"
    stray.mkdir()
    own_server.restart()
    assert not stray.exists()
    try:
        own_server.client().get("/api/v2/projects/examples/mnist-gpu/branches")
    except Problem as problem:
        raise AssertionError("and the others stay") from problem
