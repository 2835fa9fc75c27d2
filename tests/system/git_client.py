"""The real git as a person has it, against the server."""

import os
import signal
import subprocess


class Git:
    """git with no settings but its own, and nobody to ask for a password."""

    def __init__(self, home):
        self.home = home

    def environment(self, language="C.UTF-8"):
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "no_proxy": "*", "LANG": language, "LANGUAGE": language,
            **{f"GIT_{who}_{what}": f"{what}@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }

    def start(self, *words, at=None):
        return subprocess.Popen(["git", *map(str, words)], cwd=at or self.home, env=self.environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    @staticmethod
    def kill(process):
        """With all the programs that it started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def __call__(self, *words, at=None, fails=False, language="C.UTF-8"):
        done = subprocess.run(["git", *map(str, words)], cwd=at or self.home, env=self.environment(language),
                              capture_output=True, text=True, timeout=120)
        assert (done.returncode != 0) == fails, f"git {words}: {done.returncode} {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def commit(self, copy, files, message="more"):
        for path, content in files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        self("add", "-A", at=copy)
        self("-c", "core.compression=0", "commit", "-qm", message, at=copy)
        return self("rev-parse", "HEAD", at=copy).strip()


def address_of(project, password=None):
    scheme, host = project.client.address.split("//")
    who = f"admin:{password}@" if password else ""
    return f"{scheme}//{who}{host}/admin/{project.name}.git"


def repository_of(server, project):
    """Where the server keeps it."""
    return server.data / "repositories" / f"{project.client.get(project.path)['id']}.git"
