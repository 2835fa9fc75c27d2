"""A small client of the API by urllib: what it sends is what a test writes, and nothing is retried."""

import json
import urllib.error
import urllib.parse
import urllib.request


class Problem(Exception):
    """An answer of 400 and above: `status`, and `body` as problem+json (or {} where it is none)."""

    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        is_problem = headers.get_content_type() == "application/problem+json"
        self.body = json.loads(raw) if is_problem else {}
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


class Client:
    def __init__(self, address, token=None, timeout=30):
        self.address, self.token, self.timeout = address, token, timeout
        # Without the proxies that the surroundings may name.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def sign_in(self, name, password):
        self.token = self.post("/api/v2/session", {"name": name, "password": password})["token"]
        return self

    def signed_out(self):
        return Client(self.address, timeout=self.timeout)

    def open(self, method, path, body=None, headers=None, timeout=None):
        """The open answer, to be read bit by bit. Throws Problem."""
        request = urllib.request.Request(self.address + path, data=body, method=method, headers=headers or {})
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

    def get(self, path, **query):
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else "")).json

    def post(self, path, body=None):
        answer = self.call("POST", path, {} if body is None else body)
        return answer.json if answer.raw else None

    def put(self, path, body):
        return self.call("PUT", path, body, {"Content-Type": "application/octet-stream"}).json

    def delete(self, path):
        return self.call("DELETE", path).status
