#!/usr/bin/python3
"""Small JSON answers a second under wrk, beside nginx serving the same bytes as static files.

Cloudbrain looks up the token and the row, checks who may, and writes the JSON anew for each request.
"""

import os
import re
import shutil
import subprocess

import measure
import nginx
import server

SCRIPT = "print('x', flush=True)\n"
SECONDS = 5
CONNECTIONS = 64


def rate(address, path, token=""):
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    text = subprocess.run([*command, f"http://{address[0]}:{address[1]}{path}"], check=True,
                          capture_output=True, text=True).stdout
    if "Non-2xx" in text:
        raise SystemExit(text)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


def run(repeats):
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing: apt install wrk")
    figures = []
    with server.Server.running() as cloudbrain, nginx.Nginx.running() as peer:
        project = cloudbrain.project("small", {"train.py": SCRIPT})
        for number in range(20):
            cloudbrain.succeed(cloudbrain.submit(project, cloudbrain.form(f"t{number}"))["id"])
        paths = {"liveness": "/healthz", "who am I": "/api/v2/me", "a task": "/api/v2/tasks/1",
                 "20 tasks": f"/api/v2/projects/admin/{project}/tasks?limit=20"}
        for what, path in paths.items():
            static = f"{what.replace(' ', '-')}.json"
            with open(os.path.join(peer.files, static), "wb") as out:
                out.write(cloudbrain.client.raw("GET", path)[1])
            token = "" if path == "/healthz" else cloudbrain.client.token
            ours, theirs = [], []
            for _ in range(repeats):
                ours.append(rate(cloudbrain.client.address, path, token))
                theirs.append(rate(peer.address, "/" + static))
            figures.append(measure.Figure(f"{what}: {path.partition('?')[0]}", measure.median(ours),
                                          "requests/s", "nginx static", measure.median(theirs)))
    return figures


if __name__ == "__main__":
    measure.run_figure("small requests", 3, run)
