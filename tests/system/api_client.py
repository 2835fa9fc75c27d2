"""A small client of the API by urllib: what it sends is what a test writes, and nothing is retried."""

import json
import socket
import urllib.error
import urllib.parse
import urllib.request


class Problem(Exception):
    """An answer of 400 and above: `status`, and `body` as problem+json (or {} where it is none)."""

    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        is_problem = headers.get_content_type() == "application/problem+json"
        self.body = json.loads(raw) if is_problem and raw else {}  # HEAD has none
        self.code = self.body.get("code")
        super().__init__(f"{status} {self.code}: {self.body.get('detail') or raw[:300]}")

    def fields(self):
        return {problem["field"]: problem["code"] for problem in self.body.get("problems", [])}


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw

    @property
    def json(self):
        return json.loads(self.raw)


def problem_of(call, *arguments, **fields):
    """The Problem that a call meets; fails where it meets none."""
    try:
        answer = call(*arguments, **fields)
    except Problem as problem:
        return problem
    raise AssertionError(f"accepted: {answer}")


class Client:
    """Of whoever has an `address`, which may change when a server is started again."""

    def __init__(self, server, token=None, timeout=60, headers=None):
        self.server, self.token, self.timeout, self.headers = server, token, timeout, headers or {}
        # Without the proxies that the surroundings may name.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def address(self):
        return self.server.address

    def sign_in(self, name, password):
        self.token = self.post("/api/v2/session", {"name": name, "password": password})["token"]
        return self

    def signed_out(self):
        return Client(self.server, timeout=self.timeout)

    def with_token(self, token):
        return Client(self.server, token, self.timeout)

    def in_chinese(self):
        return Client(self.server, self.token, self.timeout, {"Accept-Language": "zh-CN,zh;q=0.9"})

    def make_token(self, *scopes, name="test"):
        return self.post("/api/v2/tokens", {"name": name, "scopes": list(scopes)})["token"]

    def open(self, method, path, body=None, headers=None, timeout=None):
        """The open answer, to be read bit by bit. Throws Problem."""
        request = urllib.request.Request(self.address + path, data=body, method=method,
                                         headers={**self.headers, **(headers or {})})
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            return self._opener.open(request, timeout=timeout or self.timeout)
        except urllib.error.HTTPError as error:
            raise Problem(error.code, error.headers, error.read()) from None

    def call(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        with self.open(method, path, body, headers) as answer:
            return Answer(answer.status, answer.headers, answer.read())

    def get(self, path, /, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")).json

    def post(self, path, body=None):
        answer = self.call("POST", path, {} if body is None else body)
        return answer.json if answer.raw else None

    def put(self, path, body):
        return self.call("PUT", path, body, {"Content-Type": "application/octet-stream"}).json

    def delete(self, path):
        return self.call("DELETE", path).status

    def connect(self, method, path, *headers):
        """A socket on which the head of a request was sent, and nothing of its body."""
        host, port = self.address.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=self.timeout)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", f"Authorization: Bearer {self.token}", *headers]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection
