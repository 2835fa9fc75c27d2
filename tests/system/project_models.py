"""Models as a test speaks of them."""

import urllib.parse

from api_client import Problem
from traces import until


class Model:
    def __init__(self, project, name, **fields):
        self.client, self.project, self.name = project.client, project, name
        self.path = f"{project.path}/models/{name}"
        if not self.exists():
            self.client.post(f"{project.path}/models", {"name": name, **fields})

    def exists(self):
        try:
            return bool(self.client.get(self.path))
        except Problem as problem:
            assert problem.code == "model_missing", problem
            return False

    def make(self, **fields):
        """A version, as it was answered."""
        return self.client.post(f"{self.path}/versions", fields)

    def version(self, version):
        return self.client.get(f"{self.path}/versions/{version}")

    def settled(self, version, seconds=60):
        def now():
            view = self.version(version)
            return view if view["state"] != "importing" else None
        return until(now, seconds)

    def imported(self, task, **fields):
        """A version made from a task's results, once it is ready."""
        view = self.settled(self.make(task=task.id, **fields)["version"])
        assert view["state"] == "ready", view
        return view

    def file_path(self, version, file):
        return f"{self.path}/versions/{version}/files/{urllib.parse.quote(file)}"

    def put(self, version, file, content):
        return self.client.put(self.file_path(version, file), content)

    def bytes(self, version, file):
        return self.client.call("GET", self.file_path(version, file)).raw

    def uploaded(self, files, **fields):
        """A version with these files."""
        version = self.make(**fields)["version"]
        for name, content in files.items():
            self.put(version, name, content)
        return self.version(version)


def choice(version, model="lenet", file=""):
    return {"name": model, "version": version["version"], "file": file}
