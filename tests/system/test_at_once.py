"""Many people do the same thing at the same moment: one of them has done it, the others are told so."""

import collections
from concurrent.futures import ThreadPoolExecutor

import pytest

from api_client import Problem
from archives import zip_of
from projects import Project, Task
from traces import until

PEOPLE = 12


def all_at_once(call, count=PEOPLE):
    """The answers of call(number), or the codes of their problems."""
    def one(number):
        try:
            return call(number)
        except Problem as problem:
            assert problem.status < 500, problem
            return problem.code
    with ThreadPoolExecutor(count) as people:
        return list(people.map(one, range(count)))


@pytest.fixture
def busy(project):
    project.push({"train.py": "print('hello')"})
    return project


def test_one_of_many_submits_under_one_name_is_taken(busy):
    body = busy.request(name="wanted")
    answers = all_at_once(lambda _: busy.client.post(f"{busy.path}/tasks", body)["id"])
    assert collections.Counter(answers)["task_name_in_use"] == PEOPLE - 1
    (task,) = busy.tasks(versions="all")
    assert task["id"] in answers and Task(busy.client, task["id"]).wait_end()["state"] == "SUCCEEDED"


def test_one_of_many_projects_under_one_name_is_made(client):
    answers = all_at_once(lambda _: client.post("/api/v2/projects", {"name": "wanted"})["id"])
    assert collections.Counter(answers)["name_in_use"] == PEOPLE - 1
    assert Project(client, "wanted").push({"a": "1"})


def test_versions_made_at_once_are_numbered_without_gap(busy):
    first = busy.run_well("print('hello')").show()
    body = busy.request(name=first["name"])
    made = all_at_once(lambda _: busy.client.post(f"/api/v2/tasks/{first['id']}/modify", body))
    assert sorted(task["version"] for task in made) == [f"V{number:04}" for number in range(2, PEOPLE + 2)]
    for task in made:
        assert Task(busy.client, task["id"]).wait_end()["state"] == "SUCCEEDED"


def test_commits_made_at_once_are_all_there(busy):
    commits = all_at_once(lambda number: busy.push({f"file-{number}.txt": str(number)}), 5)
    done = [number for number, commit in enumerate(commits) if commit != "branch_moved"]
    names = {entry["path"] for entry in busy.client.get(f"{busy.path}/tree/main/")["items"]}
    assert done and names == {"train.py", *(f"file-{number}.txt" for number in done)}


def test_the_same_bytes_uploaded_at_once_become_one_content(server, busy):
    archive = zip_of({f"{number}.txt": str(number) for number in range(200)})
    answers = all_at_once(lambda number: busy.client.put(busy.dataset_path(f"d{number % 4}.zip"), archive))
    assert len({answer["files"][0]["sha256"] for answer in answers}) == 1
    until(lambda: all(data["state"] == "ready" for data in busy.datasets()), 60)
    assert sorted(data["name"] for data in busy.datasets()) == ["d0.zip", "d1.zip", "d2.zip", "d3.zip"]
    task = busy.run_well("import os; print(len(os.listdir('/dataset/d1')), len(os.listdir('/dataset/d3')))", datasets=["d1.zip", "d3.zip"])
    assert task.log() == b"200 200\n"


def test_a_task_stopped_and_deleted_by_many_is_stopped_and_deleted_once(busy):
    task = busy.start("import time\nprint('on', flush=True)\ntime.sleep(600)")  # the script's own
    task.wait_log("on")
    answers = all_at_once(lambda _: task.stop()["state"])
    assert set(answers) <= {"STOPPING", "STOPPED", "task_ended"}
    assert task.wait_end()["state"] == "STOPPED"
    answers = all_at_once(lambda _: task.delete())
    assert collections.Counter(answers) == {204: 1, "task_missing": PEOPLE - 1}


def test_many_tasks_submitted_by_many_all_run_once(busy):
    busy.push({"train.py": "import os\nopen('/model/' + os.environ['CLOUDBRAIN_TASK_ID'], 'x')"})
    tasks = all_at_once(lambda number: [busy.submit(name=f"t-{number}-{n}") for n in range(5)])
    for task in sum(tasks, []):
        assert task.wait_end(120)["state"] == "SUCCEEDED"
        assert task.outputs() == [str(task.id)]
