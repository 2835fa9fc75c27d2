#!/usr/bin/python3
"""Clone and push of a repository of 200 MB, beside `git http-backend` behind nginx and fcgiwrap. Both ends are the
real git; the peer checks pushed objects as Cloudbrain does (receive.fsckObjects), and without.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import time

import measure
import nginx
import server

FILES, FILE_BYTES = 2000, 100_000
START_PATIENCE_S = 10

LOCATION = """
    location ~ ^/git(/.*) {{
      include /etc/nginx/fastcgi_params;
      fastcgi_pass unix:{socket};
      fastcgi_request_buffering off;
      fastcgi_buffering off;
      fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT {repositories};
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param GIT_PROTOCOL $http_git_protocol;
      fastcgi_param PATH_INFO $1;
    }}
"""


def git(*words, at=None):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
                   "no_proxy": "*", **{f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}}
    done = subprocess.run(["git", *map(str, words)], cwd=at, env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"git {words}: {done.stderr.decode()}")


@contextlib.contextmanager
def backend():
    """The address of nginx with git http-backend, and where its repositories lie."""
    with measure.temporary_directory() as directory:
        socket, repositories = f"{directory}/fcgi", pathlib.Path(directory, "repositories")
        repositories.mkdir()
        for name, check in (("plain", "false"), ("checking", "true")):
            git("init", "-q", "--bare", repositories / f"{name}.git")
            git("config", "http.receivepack", "true", at=repositories / f"{name}.git")
            git("config", "receive.fsckObjects", check, at=repositories / f"{name}.git")
        program = shutil.which("fcgiwrap", path="/usr/sbin:" + os.environ["PATH"])
        if not program:
            raise SystemExit("fcgiwrap is missing: apt install fcgiwrap")
        workers = subprocess.Popen([program, "-c", "4", "-s", f"unix:{socket}"], stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_PATIENCE_S
            while not os.path.exists(socket) and time.monotonic() < deadline:
                time.sleep(0.02)
            with nginx.Nginx.running(LOCATION.format(socket=socket, repositories=repositories)) as peer:
                yield "http://{}:{}/git".format(*peer.address)
        finally:
            workers.terminate()
            workers.wait()


def make_source(directory, number):
    """Files that do not shrink, packed, so that the client's own work is as small as it can be."""
    source = pathlib.Path(directory, f"source-{number}")
    git("init", "-q", "-b", "main", source)
    for number in range(FILES):
        path = source / f"d{number % 40}" / f"f{number}.bin"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(os.urandom(FILE_BYTES))
    git("add", "-A", at=source)
    git("-c", "core.compression=0", "commit", "-qm", "files", at=source)
    git("-c", "pack.compression=0", "repack", "-adq", at=source)
    return source


def timed(*words, at=None):
    begin = time.monotonic()
    git(*words, at=at)
    return time.monotonic() - begin


def run(repeats):
    times = {}
    with server.Server.running() as cloudbrain, backend() as peer, measure.temporary_directory() as directory:
        host = "{}:{}".format(*cloudbrain.client.address)
        cloudbrain.client.call("POST", "/api/v2/projects", {"name": "code"})
        token = cloudbrain.client.call("POST", "/api/v2/tokens", {"name": "git", "scopes": ["read", "write"]})["token"]
        addresses = {"cloudbrain": f"http://admin:{token}@{host}/admin/code.git", "http-backend": f"{peer}/plain.git",
                     "http-backend, checking": f"{peer}/checking.git"}
        measure.forget_peak(cloudbrain.pid)
        before = measure.resident_kb(cloudbrain.pid, "VmHWM")
        for number in range(repeats):
            # Each push brings 200 MB that are nowhere yet, to a branch of its own.
            source = make_source(directory, number)
            branch = "main" if number == 0 else f"run-{number}"
            for name, address in addresses.items():
                times.setdefault(f"push {name}", []).append(timed("push", "-q", address, f"HEAD:refs/heads/{branch}", at=source))
            shutil.rmtree(source)
            for name in ("cloudbrain", "http-backend"):
                target = os.path.join(directory, f"clone-{name}-{number}")
                times.setdefault(f"clone {name}", []).append(
                    timed("clone", "-q", "--bare", "--single-branch", "--branch", "main", addresses[name], target))
                shutil.rmtree(target)
        grown = (measure.resident_kb(cloudbrain.pid, "VmHWM") - before) / 1024
    for name, values in times.items():
        measure.print_spread(name, values, "s")
    middle = {name: measure.median(values) for name, values in times.items()}
    return [
        measure.Figure("clone of 200 MB", middle["clone cloudbrain"], "s", "nginx + http-backend",
                       middle["clone http-backend"], at_most=1.15),
        measure.Figure("push of 200 MB", middle["push cloudbrain"], "s", "nginx + http-backend",
                       middle["push http-backend"], at_most=1.15),
        measure.Figure("push of 200 MB, the peer checks objects too", middle["push cloudbrain"], "s",
                       "nginx + http-backend", middle["push http-backend, checking"]),
        measure.Figure("memory that they take of the server", max(0, grown), "MB", at_most=10),
    ]


if __name__ == "__main__":
    measure.run_figure("clone and push of 200 MB", 5, run)
