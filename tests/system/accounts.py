"""People as a test speaks of them: made by the administrator, signed in, with a client of their own."""

import itertools
import urllib.parse

from api_client import Client

SECRET = "correct horse battery"
_numbers = itertools.count(1)


class Person(Client):
    """A client that is signed in as `name`."""

    def __init__(self, server, name, token=None):
        super().__init__(server, token)
        self.name = name

    def sign_in(self, password=SECRET):
        self.token = None
        return super().sign_in(self.name, password)

    @property
    def path(self):
        return "/api/v2/users/" + urllib.parse.quote(self.name)


def make_person(server, name=None, **fields):
    name = name or f"person-{next(_numbers)}"
    server.client().post("/api/v2/users", {"name": name, "password": SECRET, **fields})
    return Person(server, name).sign_in()


def change(server, person, **fields):
    """As the administrator; gives the user as she sees him."""
    return server.client().call("PATCH", person.path, fields).json


def decide(server, **settings):
    return server.client().call("PATCH", "/api/v2/settings", settings).json


def sign_up(client, name, password=SECRET, **fields):
    return client.post("/api/v2/sign-up", {"name": name, "password": password, **fields})
