"""Bad input is refused in both languages and changes nothing."""

import re

from api_client import problem_of
from traces import files_below, until

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Written to while nothing happens; what tasks of earlier tests leave behind is theirs to tidy.
# The empty folder that a blob's name was in is no content, nor the mark that an earlier tree is still on its way to the disk.
NO_CONTENT = re.compile(r"blobs/sha256/[0-9a-f]{2}|datasets/trees/[0-9a-f]+/unsynced")
NOT_LOOKED_AT = ("cloudbrain.db", "lock", "engine", "code/", "tasks/")


def state_of(server, project):
    """All that a request could have changed."""
    client = project.client
    return {
        "projects": [row["name"] for row in client.get("/api/v2/projects", limit=200)["items"]],
        "branches": client.get(f"{project.path}/branches")["items"],
        "data sets": project.datasets(),
        "models": client.get(f"{project.path}/models")["items"],
        "tasks": sorted(task["id"] for task in project.tasks(versions="all", limit=200)),
        "tokens": sorted(token["id"] for token in client.get("/api/v2/tokens")["items"]),
        "files": {name for name in files_below(server.data, but=NOT_LOOKED_AT) if not NO_CONTENT.fullmatch(name)},
    }


def expect_unchanged(server, project, before):
    def difference():
        now = state_of(server, project)
        return {name: now[name] for name in now if now[name] != before[name]}
    until(lambda: not difference(), 10, lambda: f"it changed: {difference()}, was {before}")


def expect_problem(problem, status, language):
    """A problem+json as RFC 9457 has it, in that language."""
    assert problem.headers.get_content_type() == "application/problem+json", problem
    body = problem.body
    assert (problem.status, body["status"]) == (status, status), problem
    assert re.fullmatch(r"[a-z][a-z0-9_]*", body["code"]) and body["title"] and body["type"] and body["request_id"]
    sentences = [body["detail"], body.get("next", ""), *(field["message"] for field in body.get("problems", []))]
    for sentence in filter(None, sentences):
        assert bool(CHINESE.search(sentence)) == (language == "zh"), f"{language}: {sentence}"
    assert problem.headers["Content-Language"].startswith(language)


def refused(server, project, call, status, code=None, **fields):
    """call(client) is refused with that status; gives the English problem. `fields` are wrong fields and why,
    their brackets and dots written as two underscores."""
    before = state_of(server, project)
    english = problem_of(call, project.client)
    expect_problem(english, status, "en")
    expect_problem(problem_of(call, project.client.in_chinese()), status, "zh")
    assert code is None or english.code == code, english.body
    if fields:
        said = {re.sub(r"[\[\].]+", "__", field).strip("_"): why for field, why in english.fields().items()}
        assert said == fields
    expect_unchanged(server, project, before)
    return english
