"""One log: by pages, searched, raw, and live without a byte lost or repeated."""

import http.client
import json
import urllib.parse

import pytest

from projects import Project, problem_of
from traces import until


def page(task, first, count):
    return task.client.get(f"{task.path}/log", **{"from": first, "count": count})["lines"]


def texts(task, first=1, count=512):
    return [line["text"] for line in page(task, first, count)]


def info(task):
    return task.client.get(f"{task.path}/log/info")


def search(task, words, **query):
    query = urllib.parse.urlencode({"q": words, **query})
    answer = task.client.call("GET", f"{task.path}/log/search?{query}")
    assert answer.headers.get_content_type() == "application/x-ndjson"
    *hits, last = [json.loads(line) for line in answer.raw.splitlines()]
    return [hit["line"] for hit in hits], last["total"]


def writing(content):
    return f"import os\ncontent = {content!r}\nwhile content:\n    content = content[os.write(1, content):]"


def test_a_page_has_its_lines_with_their_numbers_and_offsets(project):
    lines = [f"line {number} {'x' * (number % 7)}\n" for number in range(1, 1001)]
    task = project.run_well(writing("".join(lines).encode()))
    assert info(task) == {"lines": 1000, "bytes": sum(map(len, lines)), "complete": True}
    offsets = [sum(map(len, lines[:number])) for number in range(1000)]
    for first, count in ((1, 3), (500, 20), (255, 4), (998, 100), (1000, 1)):
        wanted = [{"number": number + 1, "offset": offsets[number], "text": lines[number][:-1], "updates": 0, "cut": False}
                  for number in range(first - 1, min(first - 1 + count, 1000))]
        assert page(task, first, count) == wanted
    assert page(task, 1001, 5) == []
    for query in ({"from": 0}, {"count": 0}, {"count": 5001}, {"from": "x"}):
        assert list(problem_of(task.client.get, f"{task.path}/log", **query).fields()) == list(query)


@pytest.mark.parametrize("content, shown", [
    (b"", []),
    (b"no end", ["no end"]),
    (b"\n\n", ["", ""]),
    (b"a\r\nb\r\n", ["a", "b"]),
    (b"one\ntwo", ["one", "two"]),
    ("中文\n".encode(), ["中文"]),
    (b"\xff\xfe\n\xe4\xbd", ["\ufffd\ufffd", "\ufffd\ufffd"]),
    (b"<script>alert(1)</script>\x1b[31mred\x00\n", ["<script>alert(1)</script>\x1b[31mred\x00"]),
], ids=repr)
def test_lines_are_read_as_a_person_reads_them(project, content, shown):
    task = project.run_well(writing(content))
    assert texts(task) == shown
    assert (info(task)["lines"], info(task)["bytes"], task.log()) == (len(shown), len(content), content)


def test_a_progress_bar_is_one_line_with_its_last_state_and_a_count(project):
    bar = "".join(f"\r{percent}% {'#' * (percent // 10)}" for percent in range(101))
    task = project.run_well(writing(f"begin\nepoch 1: {bar}\nend\n".encode()))
    assert [(line["text"], line["updates"]) for line in page(task, 1, 9)] == [("begin", 0), ("100% ##########", 101), ("end", 0)]
    assert info(task)["lines"] == 3


def test_a_line_of_megabytes_is_cut_for_the_eye_and_whole_in_the_raw_log(project):
    content = b"a" * 3_000_000 + b"\nnext\n"
    task = project.run_well(writing(content))
    first, second = page(task, 1, 2)
    assert (first["cut"], len(first["text"]), second["text"], second["offset"]) == (True, 16384, "next", 3_000_001)
    assert task.log() == content


def test_search_finds_plain_words_in_any_case_and_counts_them(project):
    task = project.run_well(writing("Loss: 0.5\nnothing\nLOSS: 0.4 (50%)\n准确率 loss\na.*b\n".encode()))
    assert search(task, "loss") == ([1, 3, 4], 3)
    assert search(task, "LOSS", case="exact") == ([3], 1)
    assert search(task, "loss", limit=2) == ([1, 3], 3)
    assert search(task, "准确率") == ([4], 1)
    assert search(task, ".*") == ([5], 1)
    assert search(task, "(50%)") == ([3], 1)
    assert search(task, "no such words") == ([], 0)
    assert problem_of(task.client.get, f"{task.path}/log/search").fields() == {"q": "required"}


def test_the_raw_log_is_plain_text_to_save(project):
    task = project.run_well("print('<b>bold</b>')")
    answer = task.client.call("GET", f"{task.path}/log/raw?download=1")
    assert answer.headers.get_content_type() == "text/plain" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "V0001" in answer.headers["Content-Disposition"] and "attachment" in answer.headers["Content-Disposition"]


# ---- live ----


class Follower:
    """Reads a task's stream in stretches, as a browser that loses its connection does."""

    def __init__(self, task):
        self.task, self.offset, self.text, self.states, self.ended = task, 0, "", [], False

    def follow(self, pieces=10**9, until_text=None):
        """At most so many pieces of the log, or until all of it was sent, or the connection breaks."""
        try:
            for kind, id, data in self.task.events(60, self.offset):
                if kind == "log":
                    assert data["offset"] == self.offset, "bytes were lost or repeated"
                    self.offset = int(id)
                    self.text += data["text"]
                    pieces -= 1
                elif kind == "state":
                    self.states.append(data["state"])
                elif kind == "end":
                    self.ended = True
                if pieces == 0 or (until_text and until_text in self.text):
                    return self
        except (http.client.IncompleteRead, ConnectionError):
            pass
        return self


COUNTING = """
import os, time
number = 0
while not os.path.exists("/model/end"):
    print("number", number, "数" * (number % 3))
    number += 1
    time.sleep(0.005)  # the script's own
print("end")
"""


def end(server, task):
    (server.task_folder(task.id) / "output/end").touch()


def test_a_follower_that_reconnects_misses_and_repeats_nothing(server, project):
    task = project.start(COUNTING)
    follower = Follower(task)
    for pieces in (1, 1, 2, 3, 5, 8):
        follower.follow(pieces)
    end(server, task)
    follower.follow()
    assert follower.ended and follower.states[-1] == "SUCCEEDED"
    assert follower.text.encode() == task.log()
    assert follower.text.startswith("number 0 \nnumber 1 数\n") and follower.text.endswith("end\n")


def test_a_follower_goes_on_where_it_was_when_the_server_is_killed(own_server, own_project):
    task = own_project.start(COUNTING)
    follower = Follower(task)
    for _ in range(3):
        last = follower.text.count("\n")
        follower.follow(until_text=f"number {last + 20} ")
        assert not follower.ended
        own_server.restart()
    end(own_server, task)
    follower.follow()
    assert follower.ended and follower.text.encode() == task.log()


def test_the_end_comes_once_after_the_state_and_the_whole_log(project):
    task = project.run_well("for number in range(50_000): print('line', number)")
    events = [(kind, data.get("state")) for kind, _, data in task.events()]
    assert events[0] == ("state", "SUCCEEDED") and events[-1] == ("end", None)
    assert {kind for kind, _ in events[1:-1]} == {"log"}
    assert Follower(task).follow().text.encode() == task.log()


def test_a_stream_begun_before_the_task_runs_tells_all_of_it(one_core_server):
    project = Project.make(one_core_server.client())
    blocker = project.start(COUNTING)
    blocker.wait_for("RUNNING")
    project.push({"train.py": "print('hello')"})
    task = project.submit()
    states, text = [], ""
    for kind, _, data in task.events():
        if kind == "state":
            states.append(data["state"])
            if data["state"] == "WAITING":
                end(one_core_server, blocker)
        text += data.get("text", "")
    assert [state for state in states if state != "PREPARING"] == ["WAITING", "RUNNING", "SUCCEEDED"]
    assert text == "hello\n"


def test_characters_written_byte_by_byte_arrive_whole(project):
    task = project.start("""
import os, time
for byte in "开始 training 训练 😀\\n".encode() * 20:
    os.write(1, bytes([byte]))
    time.sleep(0.001)  # the script's own
""")
    assert Follower(task).follow().text == "开始 training 训练 😀\n" * 20


@pytest.mark.parametrize("last", ["nonsense", "-5", "", "99999999999999999999"])
def test_a_last_event_id_that_is_none_begins_at_the_beginning(project, last):
    task = project.run_well("print('all')")
    assert [data["text"] for kind, _, data in task.events(offset=last) if kind == "log"] == ["all\n"]


def test_a_stream_from_beyond_the_end_only_tells_the_state(project):
    task = project.run_well("print('all')")
    assert [kind for kind, _, _ in task.events(offset=10**12)] == ["state", "end"]


def test_many_follow_one_task(server, project):
    task = project.start(COUNTING)
    streams = [task.events() for _ in range(50)]
    for stream in streams:
        assert next(stream)[0] == "state"
    end(server, task)
    logs = {"".join(data["text"] for kind, _, data in stream if kind == "log") for stream in streams}
    assert logs == {task.log().decode()}


# ---- a million lines ----

MILLION = "import os, sys\nfor start in range(0, 1_000_000, 10_000):\n    sys.stdout.write(''.join(f'line {number} of many\\n' for number in range(start, start + 10_000)))"


def test_any_page_of_a_million_lines_can_be_read_before_and_after_a_restart(own_server, own_project):
    task = own_project.run_well(MILLION)
    for _ in range(2):
        assert info(task)["lines"] == 1_000_000
        for first in (1, 500_000, 999_990, 123_457):
            assert texts(task, first, 10) == [f"line {number} of many" for number in range(first - 1, min(first + 9, 1_000_000))]
        last = page(task, 1_000_000, 10)[0]
        assert last["offset"] == info(task)["bytes"] - len("line 999999 of many\n")
        assert search(task, "99999 ", limit=3) == ([100_000, 200_000, 300_000], 10)
        own_server.restart()
    follower = Follower(task).follow()
    assert follower.ended and follower.text.encode() == task.log()


def test_a_page_is_read_while_the_log_grows(server, project):
    task = project.start(COUNTING)
    until(lambda: info(task)["lines"] > 300, what="it does not grow")
    assert info(task)["complete"] is False
    assert [text.split(" 数")[0].strip() for text in texts(task, 290, 10)] == [f"number {number}" for number in range(289, 299)]
    end(server, task)
    task.wait_end()
    until(lambda: info(task)["complete"])
    assert texts(task, info(task)["lines"], 1) == ["end"]
