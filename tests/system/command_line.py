"""The program as a person at a terminal uses it."""

import json
import os
import subprocess

from running_server import PROGRAM


class CommandLine:
    """Runs in `home`, as the server's administrator."""

    def __init__(self, server, home):
        self.environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "CLOUDBRAIN_SERVER": server.address,
                            "CLOUDBRAIN_TOKEN": server.client().token, "LC_ALL": "C.UTF-8"}
        self.home = home

    def run(self, *words):
        return subprocess.run([PROGRAM, *map(str, words)], env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=600)

    def __call__(self, *words):
        """What it prints where it ends well; as JSON where asked for."""
        run = self.run(*words)
        assert run.returncode == 0, f"{words}\n{run.stdout}\n{run.stderr}"
        return json.loads(run.stdout) if "--json" in words else run.stdout
