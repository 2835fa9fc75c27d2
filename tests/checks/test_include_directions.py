"""A room includes only what stands below it: the drawing of docs/architecture.md, as a table."""

import re

from tree import expect_none, numbered_lines, sources

STORAGE = {"store", "blobs", "git", "engines"}
MAY_INCLUDE = {
    "base": set(),
    "domain": {"base"},
    "http": {"base"},
    **{room: {"domain", "base"} for room in STORAGE},
    "tasks": STORAGE | {"domain", "base"},
    "api": {"tasks", "store", "blobs", "git", "http", "domain", "base"},
    "cli": {"domain", "base"},
    "runner": {"base"},
    "app": {"api", "cli", "http", "tasks", "domain", "base"} | STORAGE,
}
# Files that are contracts between rooms, open to one more room each.
CONTRACTS = {
    ("cli", "api/views.h"),  # the bodies of the API
    ("api", "engines/task_folder.h"),  # where a task's log and results lie
    ("runner", "engines/task_folder.h"),
    ("runner", "engines/cgroup.h"),
    ("runner", "domain/launch.h"),
}


def forbidden_includes():
    for path in sources(".h", ".cpp", under="src/"):
        room = path.parts[1]
        for number, line in numbered_lines(path):
            include = re.match(r'\s*#\s*include\s+"(([a-z_]+)/[^"]+)"', line)
            if include is None or include[2] == room or include[2] not in MAY_INCLUDE:
                continue
            if include[2] not in MAY_INCLUDE[room] and (room, include[1]) not in CONTRACTS:
                yield f"{path}:{number}: {room} may not include {include[1]}"


def test_a_room_includes_only_what_stands_below_it():
    expect_none(forbidden_includes())


def test_every_room_is_in_the_table():
    assert {path.parts[1] for path in sources(".h", ".cpp", under="src/")} <= set(MAY_INCLUDE)
