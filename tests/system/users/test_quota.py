"""Quotas: what a user may have at a time is counted, shown, and enforced before anything is taken."""

import base64
import http.client
import os
import socket

import pytest

from accounts import change, decide, make_person
from api_client import problem_of
from archives import zip_of
from projects import Project
from refusals import expect_problem

SLEEP = "import time\nprint('up', flush=True)\ntime.sleep(600)  # stopped by the test\n"
NONE = {"tasks_train": None, "tasks_inference": None, "accelerators": None, "storage_bytes": None}


def project_of(person, **fields):
    project = Project.make(person, **fields)
    project.path = f"/api/v2/projects/{person.name}/{project.name}"
    return project


@pytest.fixture
def person(server):
    return make_person(server)


@pytest.fixture
def project(person):
    return project_of(person)


def usage(person):
    return person.get("/api/v2/me/quota")["usage"]


def noise(bytes):
    return zip_of({"noise": os.urandom(bytes)})


def test_who_has_no_quota_has_no_limit(server, person):
    assert person.get("/api/v2/me/quota") == {
        "quota": NONE, "usage": {"tasks_train": 0, "tasks_inference": 0, "accelerators": 0, "storage_bytes": 0}}


def test_a_task_beyond_the_quota_is_refused_with_the_limit_and_what_is_used(server, person, project):
    own = change(server, person, quota={"tasks_train": 1})
    assert own["own_quota"] and own["quota"] == {**NONE, "tasks_train": 1}
    first = project.start(SLEEP)
    assert usage(person)["tasks_train"] == 1
    body = project.request()
    for language, client in (("en", person), ("zh", person.in_chinese())):
        problem = problem_of(client.post, f"{project.path}/tasks", body)
        expect_problem(problem, 409, language)
        assert problem.code == "quota_tasks" and problem.body["detail"].count("1") == 2 and problem.body["next"]
    assert problem_of(person.post, f"{first.path}/modify", {**body, "name": first.show()["name"]}).code == "quota_tasks"
    assert [task["id"] for task in project.tasks()] == [first.id]
    first.stop()
    first.wait_end()
    assert usage(person)["tasks_train"] == 0
    second = project.submit()
    second.stop()
    second.wait_end()


def test_a_quota_of_none_lets_no_task_in(server, person, project):
    change(server, person, quota={"tasks_train": 0})
    project.push({"train.py": "print(1)"})
    assert problem_of(project.submit).code == "quota_tasks"
    change(server, person, quota=None)
    assert project.run_well("print(1)").state == "SUCCEEDED"


def test_the_default_holds_for_who_has_none_of_their_own(server, person, project):
    project.push({"train.py": "print(1)"})
    try:
        decide(server, default_quota={"tasks_train": 0})
        assert person.get("/api/v2/me/quota")["quota"]["tasks_train"] == 0
        assert problem_of(project.submit).code == "quota_tasks"
        assert not change(server, person, disabled=False)["own_quota"]
        change(server, person, quota={})
        assert project.run_well("print(1)").state == "SUCCEEDED"
    finally:
        decide(server, default_quota={})


def test_many_submits_at_once_do_not_pass_the_quota(server, person, project):
    change(server, person, quota={"tasks_train": 2})
    project.push({"train.py": SLEEP})
    from concurrent.futures import ThreadPoolExecutor

    def submit(_):
        try:
            return project.submit()
        except Exception as problem:  # noqa: BLE001 (its code is looked at below)
            return problem.code
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(submit, range(8)))
    tasks = [result for result in results if not isinstance(result, str)]
    for task in tasks:
        task.stop()
    assert len(tasks) == 2 and set(results) - set(tasks) == {"quota_tasks"}


def test_storage_counts_data_sets_and_repositories_of_the_owner(server, person, project):
    before = usage(person)["storage_bytes"]
    assert before > 0, "an empty repository has files"
    archive = noise(300_000)
    project.upload("a.zip", archive)
    assert usage(person)["storage_bytes"] == before + len(archive)
    other = project_of(person)
    between = usage(person)["storage_bytes"]
    other.upload("same.zip", archive)
    assert usage(person)["storage_bytes"] == between, "the same bytes count once"
    project.push({"blob": os.urandom(100_000)})
    assert usage(person)["storage_bytes"] > between + 100_000
    seen = server.client().get("/api/v2/users", search=person.name)["items"][0]
    assert seen["usage"] == usage(person)


def test_an_upload_beyond_the_quota_is_refused_before_its_bytes_are_taken(server, person, project):
    change(server, person, quota={"storage_bytes": usage(person)["storage_bytes"] + 100_000})
    connection = person.connect("PUT", project.dataset_path("big.zip"), "Content-Length: 1000000000")
    with connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()  # not a byte of the body was sent
        assert answer.status == 507
    problem = problem_of(person.put, project.dataset_path("big.zip"), noise(200_000))
    assert (problem.status, problem.code) == (507, "quota_storage")
    assert str(usage(person)["storage_bytes"]) in problem.body["detail"] and problem.body["next"]
    for language, client in (("en", person), ("zh", person.in_chinese())):
        expect_problem(problem_of(client.put, project.dataset_path("big.zip"), noise(200_000)), 507, language)
    project.upload("small.zip", noise(50_000))
    assert [dataset["name"] for dataset in project.datasets()] == ["small.zip"]


def test_an_upload_of_unknown_length_stops_at_the_quota(server, person, project):
    change(server, person, quota={"storage_bytes": usage(person)["storage_bytes"] + 500_000})
    connection = person.connect("PUT", project.dataset_path("big.zip"), "Transfer-Encoding: chunked")
    piece = b"10000\r\n" + os.urandom(0x10000) + b"\r\n"
    with connection:
        try:
            for _ in range(2000):
                connection.sendall(piece)
        except (BrokenPipeError, ConnectionResetError, socket.timeout):
            pass  # the server need not take what it does not want
        else:
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == 507
    assert project.datasets() == []
    assert usage(person)["storage_bytes"] < 500_000


def test_a_full_owner_is_who_pays_for_a_colleagues_upload(server, person, project):
    colleague = make_person(server)
    server.client().call("PUT", f"{project.path}/members/{colleague.name}", {"role": "writer"})
    change(server, person, quota={"storage_bytes": 1})
    problem = problem_of(colleague.put, project.dataset_path("a.zip"), noise(10))
    assert problem.code == "quota_storage"
    change(server, person, quota=None)
    change(server, colleague, quota={"storage_bytes": 1})
    assert colleague.put(project.dataset_path("a.zip"), noise(10))["name"] == "a.zip"


def test_a_commit_of_the_own_branch_still_works_with_a_task_quota(server, person, project):
    change(server, person, quota={"tasks_train": 0})
    files = [{"path": "x", "content_base64": base64.b64encode(b"1").decode()}]
    assert person.post(f"{project.path}/commits", {"message": "m", "files": files})["commit"]
