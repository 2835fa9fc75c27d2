"""Serves repositories over HTTP for the import's tests: serve_git.py ROOT. Prints its port, then one line for each
request. /open/x.git is open, /private/x.git asks for ann:secret, /moved/x.git redirects to /open/x.git, /huge never
ends, /silent never answers."""

import base64
import http.server
import os
import subprocess
import sys
import threading

KEY = "Basic " + base64.b64encode(b"ann:secret").decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        print(self.command, self.path, self.headers.get("Host"), self.headers.get("Authorization"), flush=True)
        place, _, rest = self.path[1:].partition("/")
        if place == "moved":
            return self.answer(302, [("Location", f"/open/{rest}")])
        if place == "private" and self.headers.get("Authorization") != KEY:
            return self.answer(401, [("WWW-Authenticate", 'Basic realm="x"')])
        if place == "silent":
            threading.Event().wait()
        if place not in ("open", "private"):
            return self.answer(404)
        return self.backend(rest)

    do_POST = do_GET

    def backend(self, rest):
        path, _, query = rest.partition("?")
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": sys.argv[1], "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{path}", "QUERY_STRING": query, "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        }
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        output = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE,
                                check=True).stdout
        head, _, content = output.partition(b"\r\n\r\n")
        headers = [line.decode().split(": ", 1) for line in head.split(b"\r\n")]
        status = next((int(value[:3]) for name, value in headers if name == "Status"), 200)
        self.answer(status, [pair for pair in headers if pair[0] != "Status"], content)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
