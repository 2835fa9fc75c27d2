"""nginx, the peer for HTTP: static files by sendfile, uploads by WebDAV's PUT. On a free port, with
everything below one temporary directory and no log of requests.
"""

import contextlib
import os
import shutil
import subprocess
import time

import measure
import slurm

START_PATIENCE_S = 10

CONFIGURATION = """
{user}
daemon off;
worker_processes 2;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  default_type application/json;
  client_max_body_size 0;
  client_body_buffer_size 256k;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {directory}/files;
    location / {{ dav_methods PUT; }}
{more}
  }}
}}
"""


class Nginx:
    """`with Nginx.running() as nginx`: serves and takes what lies in nginx.files."""

    def __init__(self, directory, more=""):
        """`more`: further lines of the server's configuration."""
        self.more = more
        self.directory = directory
        self.files = os.path.join(directory, "files")
        self.address = ("127.0.0.1", slurm.free_port())
        self.process = None

    @classmethod
    @contextlib.contextmanager
    def running(cls, more=""):
        if not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
            raise SystemExit("nginx is missing: apt install nginx-light")
        with measure.temporary_directory() as directory:
            nginx = cls(directory, more)
            try:
                nginx.start()
                yield nginx
            finally:
                nginx.stop()

    def start(self):
        os.mkdir(self.files)
        configuration = os.path.join(self.directory, "nginx.conf")
        user = "user root;" if os.getuid() == 0 else ""
        with open(configuration, "w", encoding="ascii") as out:
            out.write(CONFIGURATION.format(directory=self.directory, port=self.address[1], user=user, more=self.more))
        self.process = subprocess.Popen(
            [shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"]), "-c", configuration,
             "-e", f"{self.directory}/error.log"], stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_PATIENCE_S
        while not os.path.exists(f"{self.directory}/nginx.pid"):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit("nginx did not start")
            time.sleep(0.02)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None
