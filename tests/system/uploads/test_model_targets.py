"""Resumable uploads that become files of a model."""

import hashlib
import os

import pytest

from accounts import make_person
from api_client import problem_of
from project_models import Model
from projects import Project
from tus import append, begin, offset_of


@pytest.fixture
def model(project):
    return Model(project, "lenet")


def test_a_resumable_upload_ends_in_a_version_and_known_bytes_need_not_come(server, project, model):
    content = os.urandom(300_000)
    target = {"project": f"admin/{project.name}", "model": "lenet", "filename": "deep/m.pt"}
    path = begin(project, len(content), metadata=target)
    append(project.client, path, 0, content[:100_000])
    append(project.client, path, 100_000, content[100_000:])
    assert model.version("V0001")["files"] == [{"path": "deep/m.pt", "size": 300_000, "sha256": hashlib.sha256(content).hexdigest()}]
    assert model.bytes("V0001", "deep/m.pt") == content
    version = model.make()["version"]
    known = {**target, "version": version, "filename": "again.pt", "sha256": hashlib.sha256(content).hexdigest()}
    assert offset_of(project.client, begin(project, len(content), metadata=known)) == len(content)
    assert model.bytes(version, "again.pt") == content
    for wrong, code in (({"model": "none"}, "model_missing"), ({"version": "V0009"}, "version_missing"), ({"filename": "../x"}, "invalid")):
        problem = problem_of(begin, project, 5, metadata={**target, **wrong})
        assert problem.code == code or problem.fields() == {"file": "model_path"}, problem


def test_nobody_learns_of_a_private_models_bytes(server, project, model):
    content = os.urandom(100_000)
    model.uploaded({"m.pt": content})
    stranger = make_person(server)
    Project.make(stranger, "mine")
    stranger.post(f"/api/v2/projects/{stranger.name}/mine/models", {"name": "lenet"})
    target = {"project": f"{stranger.name}/mine", "model": "lenet", "filename": "m.pt", "sha256": hashlib.sha256(content).hexdigest()}
    assert offset_of(stranger, begin(project, len(content), client=stranger, metadata=target)) == 0
    project.client.call("PATCH", model.path, {"public": True})
    assert offset_of(stranger, begin(project, len(content), client=stranger, metadata={**target, "filename": "other.pt"})) == len(content)
