#!/usr/bin/python3
"""A page of 20 tasks over HTTP from a project of 1,000,000 tasks, beside the same page from a project of
1,000: a list must not cost more the longer it gets.
"""

import os
import sqlite3
import time

import measure
import server

SCRIPT = "print('x', flush=True)\n"
WARM_UP = 20
SMALL, LARGE = 1_000, 1_000_000


def fill(database, project, rows):
    """Copies of the project's one task, made while no server uses the database."""
    with sqlite3.connect(database) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(tasks)")]
        copied = [name for name in columns if name not in ("id", "name")]
        connection.execute(
            f"INSERT INTO tasks (name, {', '.join(copied)}) "
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "
            "WHERE n < ?) "
            f"SELECT 'copy' || n, {', '.join('t.' + name for name in copied)} FROM numbers, "
            "(SELECT * FROM tasks WHERE project_id = (SELECT id FROM projects WHERE name = ?) "
            "ORDER BY id LIMIT 1) t", (rows - 1, project))
    connection.close()


def page_times(cloudbrain, project, query, repeats):
    times = []
    path = f"/api/v2/projects/admin/{project}/tasks?limit=20{query}"
    for number in range(-WARM_UP, repeats):
        begin = time.perf_counter()
        page = cloudbrain.client.call("GET", path)
        if number >= 0:
            times.append((time.perf_counter() - begin) * 1000)
        if len(page["items"]) != 20:
            raise SystemExit(f"{len(page['items'])} tasks in a page of 20")
    return times


def run(repeats):
    rows = int(os.environ.get("BENCH_ROWS", LARGE))
    figures = []
    with server.Server.running() as cloudbrain:
        for project in ("small", "large"):
            cloudbrain.project(project, {"train.py": SCRIPT})
            cloudbrain.succeed(cloudbrain.submit(project, cloudbrain.form("first"))["id"])
        cloudbrain.stop()
        database = os.path.join(cloudbrain.data, "cloudbrain.db")
        fill(database, "small", SMALL)
        fill(database, "large", rows)
        cloudbrain.start()
        queries = {"newest": "", "by state": "&kind=train&state=SUCCEEDED", "none running, one ended":
                   "&state=RUNNING&state=SUCCEEDED"}
        for what, query in queries.items():
            small = page_times(cloudbrain, "small", query, repeats)
            large = page_times(cloudbrain, "large", query, repeats)
            measure.print_spread(f"{what}: of {SMALL:,}", small, "ms")
            measure.print_spread(f"{what}: of {rows:,}", large, "ms")
            figures.append(measure.Figure(f"page of 20 of {rows:,} tasks, {what}",
                                          measure.median(large), "ms", f"of {SMALL:,}",
                                          measure.median(small), at_most=1.5))
    return figures


if __name__ == "__main__":
    measure.run_figure("a page of many tasks", 300, run)
