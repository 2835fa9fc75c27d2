"""More people than the first administrator."""

import hashlib
import os
import sqlite3
import time


def person(server, name, scopes=("read", "write", "task")):
    """A new user's client, with a token of these scopes. Written into the database, so that tests of other things need not sign up."""
    token = os.urandom(20).hex()
    now = int(time.time() * 1000)
    with sqlite3.connect(server.database(), timeout=30) as database:
        user = database.execute("INSERT INTO users (name, password_hash, is_admin, disabled, created_at) VALUES (?, '!', 0, 0, ?)",
                                (name, now)).lastrowid
        listed = "[" + ", ".join(f'"{scope}"' for scope in scopes) + "]"
        database.execute("INSERT INTO tokens (user_id, name, token_hash, scopes_json, created_at) VALUES (?, 'test', ?, ?, ?)",
                         (user, hashlib.sha256(token.encode()).hexdigest(), listed, now))
    return server.client().with_token(token)
