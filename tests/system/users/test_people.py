"""Accounts: sign up, sign in, passwords, and what an administrator does to users."""

import sqlite3
import time

import pytest

from api_client import Client, Problem, problem_of
from accounts import SECRET, Person, change, decide, make_person, sign_up
from refusals import expect_problem
from running_server import PASSWORD
from traces import until

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def nobody(server):
    return Client(server)


@pytest.fixture
def person(server):
    return make_person(server)


@pytest.fixture(autouse=True)
def _closed(server):
    yield
    decide(server, sign_up="closed")


# ---- sign-up ----


def test_a_new_platform_is_closed(own_server):
    nobody = Client(own_server)
    assert nobody.get("/api/v2/platform")["sign_up"] == "closed"
    problem = problem_of(sign_up, nobody, "ada")
    assert (problem.status, problem.code) == (403, "sign_up_closed") and problem.body["next"]
    assert [user["name"] for user in own_server.client().get("/api/v2/users", search="ada")["items"]] == []


def test_who_signs_up_is_signed_in_at_once(server, nobody):
    decide(server, sign_up="open")
    assert nobody.get("/api/v2/platform")["sign_up"] == "open"
    answer = nobody.call("POST", "/api/v2/sign-up", {"name": "Ada", "password": SECRET, "email": "ada@example.com"})
    assert answer.status == 201 and "HttpOnly" in answer.headers["Set-Cookie"]
    me = nobody.with_token(answer.json["token"]).get("/api/v2/me")
    assert me == answer.json["user"]
    assert (me["name"], me["email"], me["admin"]) == ("Ada", "ada@example.com", False)
    by_cookie = Client(server).call("GET", "/api/v2/me", headers={"Cookie": answer.headers["Set-Cookie"].split(";")[0]})
    assert by_cookie.json == me
    assert Person(server, "ADA").sign_in().get("/api/v2/me")["name"] == "Ada"


def test_a_sign_up_form_tells_all_that_is_wrong_at_once(server, nobody, person):
    decide(server, sign_up="open")
    problem = problem_of(sign_up, nobody, "no spaces", "short", email="nowhere")
    assert problem.fields() == {"name": "user_name", "password": "password_short", "email": "email"}
    assert problem_of(sign_up, nobody, person.name.upper()).fields() == {"name": "name_in_use"}
    assert problem_of(sign_up, nobody, "login").fields() == {"name": "user_name"}
    assert problem_of(sign_up, nobody, "long-enough", "Long-Enough").fields() == {"password": "password_is_name"}
    assert problem_of(sign_up, nobody, "one", "x" * 1025).fields() == {"password": "password_long"}
    assert problem_of(sign_up, nobody, "one", "密码密码密码密").fields() == {"password": "password_short"}
    for language, client in (("en", nobody), ("zh", nobody.in_chinese())):
        expect_problem(problem_of(sign_up, client, "x y"), 422, language)


def test_an_invitation_lets_as_many_in_as_it_says(server, nobody):
    decide(server, sign_up="invitation")
    admin = server.client()
    made = admin.post("/api/v2/invitations", {"uses": 2, "note": "the course"})
    assert problem_of(sign_up, nobody, "one").fields() == {"invitation": "required"}
    assert problem_of(sign_up, nobody, "one", invitation="wrong").fields() == {"invitation": "invitation_invalid"}
    assert problem_of(sign_up, nobody, "admin", invitation=made["code"]).fields() == {"name": "name_in_use"}
    for name in ("first", "second"):
        assert sign_up(nobody, name, invitation=made["code"])["user"]["name"] == name
    assert problem_of(sign_up, nobody, "third", invitation=made["code"]).fields() == {"invitation": "invitation_invalid"}
    listed = admin.get("/api/v2/invitations")["items"][0]
    assert (listed["id"], listed["note"], listed["uses_left"], listed["created_by"]) == (made["id"], "the course", 0, "admin")
    assert made["code"] not in str(admin.get("/api/v2/invitations"))


def test_an_invitation_ends_by_time_and_by_being_taken_back(server, nobody):
    decide(server, sign_up="invitation")
    admin = server.client()
    past = {"uses": 0, "expires_at": "2020-01-01T00:00:00Z", "note": "x" * 256}
    assert problem_of(admin.post, "/api/v2/invitations", past).fields() == {
        "uses": "out_of_range", "expires_at": "in_the_past", "note": "too_long"}
    expired = admin.post("/api/v2/invitations", {"expires_at": "2099-01-01T00:00:00Z"})
    with sqlite3.connect(server.database(), timeout=30) as database:
        database.execute("UPDATE invitations SET expires_at = 1 WHERE id = ?", (expired["id"],))
    removed = admin.post("/api/v2/invitations", {})
    assert admin.delete(f"/api/v2/invitations/{removed['id']}") == 204
    assert problem_of(admin.delete, f"/api/v2/invitations/{removed['id']}").code == "invitation_missing"
    for code in (expired["code"], removed["code"]):
        assert problem_of(sign_up, nobody, "late", invitation=code).fields() == {"invitation": "invitation_invalid"}


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}], ids=str)
def test_another_site_signs_nobody_in_or_up(server, nobody, headers):
    decide(server, sign_up="open")
    for path, body in (("/api/v2/session", {"name": "admin", "password": PASSWORD}),
                       ("/api/v2/sign-up", {"name": "planted", "password": SECRET})):
        problem = problem_of(nobody.call, "POST", path, body, headers)
        assert (problem.status, problem.code) == (403, "wrong_origin") and "Set-Cookie" not in problem.headers
    assert server.client().get("/api/v2/users", search="planted")["items"] == []
    own = {"Origin": server.address, "Sec-Fetch-Site": "same-origin"}
    assert nobody.call("POST", "/api/v2/session", {"name": "admin", "password": PASSWORD}, own).status == 201


# ---- the own account ----


def test_a_new_password_ends_the_other_sessions_and_leaves_tokens(server, person):
    here, elsewhere = person, Person(server, person.name).sign_in()
    token = person.with_token(person.make_token("read"))
    assert here.call("PUT", "/api/v2/me/password", {"current": SECRET, "new": "another password"}).status == 204
    assert here.get("/api/v2/me")["name"] == token.get("/api/v2/me")["name"] == person.name
    assert problem_of(elsewhere.get, "/api/v2/me").code == "token_invalid"
    assert problem_of(Person(server, person.name).sign_in).code == "sign_in_failed"
    Person(server, person.name).sign_in("another password")


def test_a_new_password_needs_the_current_one(person):
    def problem(current, new):
        return problem_of(person.call, "PUT", "/api/v2/me/password", {"current": current, "new": new})
    assert problem("wrong", "another password").fields() == {"current": "password_wrong"}
    assert problem(SECRET, "short").fields() == {"new": "password_short"}
    assert problem("wrong", "short").fields() == {"current": "password_wrong", "new": "password_short"}
    assert problem(SECRET, person.name.upper()).fields() == {"new": "password_is_name"}
    person.sign_in()


def test_the_own_address_is_changed(person):
    assert person.call("PATCH", "/api/v2/me", {"email": "a@b.example"}).json["email"] == "a@b.example"
    assert person.get("/api/v2/me")["email"] == "a@b.example"
    assert problem_of(person.call, "PATCH", "/api/v2/me", {"email": "a b@c"}).fields() == {"email": "email"}
    assert person.call("PATCH", "/api/v2/me", {}).json["email"] == "a@b.example"
    assert person.call("PATCH", "/api/v2/me", {"email": ""}).json["email"] == ""


def test_a_token_cannot_be_born_dead(person):
    body = {"name": "t", "expires_at": "2020-01-01T00:00:00Z"}
    assert problem_of(person.post, "/api/v2/tokens", body).fields() == {"expires_at": "in_the_past"}


def test_a_token_is_40_lower_case_hex_and_kept_as_a_hash_alone(server, person):
    token = person.make_token("read")
    assert len(token) == 40 and set(token) <= set("0123456789abcdef")
    for file in server.data.glob("cloudbrain.db*"):
        assert token.encode() not in file.read_bytes()


def test_an_expired_token_opens_nothing(server, person):
    made = person.post("/api/v2/tokens", {"name": "t", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z"})
    token = person.with_token(made["token"])
    assert token.get("/api/v2/me")["name"] == person.name
    with sqlite3.connect(server.database(), timeout=30) as database:
        database.execute("UPDATE tokens SET expires_at = 1 WHERE id = ?", (made["id"],))
    assert problem_of(token.get, "/api/v2/me").code == "token_invalid"


@pytest.mark.parametrize("column, age", [("last_used_at", 7 * DAY_MS + 1000), ("expires_at", 0)])
def test_a_session_ends_by_lying_idle_and_by_age(server, person, column, age):
    with sqlite3.connect(server.database(), timeout=30) as database:
        database.execute(f"UPDATE sessions SET {column} = ? WHERE user_id = (SELECT id FROM users WHERE name = ?)",
                         (int(time.time() * 1000) - age, person.name))
    assert problem_of(person.get, "/api/v2/me").code == "token_invalid"
    person.sign_in()


# ---- guessing passwords ----


def status_of(server, name, password, address):
    try:
        Client(server).call("POST", "/api/v2/session", {"name": name, "password": password}, {"X-Forwarded-For": address})
    except Problem as problem:
        return problem.status
    return 201


def test_one_address_that_guesses_at_many_accounts_is_slowed_down(server):
    for number in range(40):
        if status_of(server, f"guess-{number}", "wrong", "192.0.2.1") == 429:
            break
    assert 30 <= number < 40
    assert status_of(server, "guess-0", "wrong", "192.0.2.2") == 401
    until(lambda: status_of(server, "guess-new", "wrong", "192.0.2.1") == 401, 20, "it stays closed")


def test_an_account_guessed_at_from_everywhere_stays_open_to_its_owner(server, person):
    assert status_of(server, person.name, SECRET, "198.51.100.1") == 201
    statuses = [status_of(server, person.name, "wrong", f"203.0.113.{number}") for number in range(60)]
    assert statuses[:50] == [401] * 50 and 429 in statuses
    assert status_of(server, person.name, SECRET, "198.51.100.1") == 201, "the owner, from where she was before"
    until(lambda: status_of(server, person.name, SECRET, "198.51.100.2") == 201, 20, "it stays closed")


# ---- administration ----


def test_users_are_listed_by_page_and_found_by_name_and_address(server):
    people = [make_person(server, f"Find-Me-{number}", email=f"find{number}@example.com") for number in range(3)]
    admin = server.client()
    first = admin.get("/api/v2/users", search="find-me", limit=2)
    second = admin.get("/api/v2/users", search="find-me", limit=2, after=first["next"])
    assert [user["name"] for user in first["items"] + second["items"]] == [person.name for person in reversed(people)]
    assert second["next"] is None
    assert [user["name"] for user in admin.get("/api/v2/users", search="FIND1@")["items"]] == ["Find-Me-1"]
    assert admin.get("/api/v2/users", search="%")["items"] == []
    people[0].get("/api/v2/me")
    seen = admin.get("/api/v2/users", search="Find-Me-0")["items"][0]
    assert seen["last_seen_at"] and not seen["admin"] and not seen["disabled"] and not seen["own_quota"]


def test_what_only_an_administrator_may_is_refused_to_others(server, person):
    for method, path, body in (("GET", "/api/v2/users", None), ("POST", "/api/v2/users", {"name": "x", "password": SECRET}),
                               ("PATCH", person.path, {"admin": True}), ("GET", "/api/v2/invitations", None),
                               ("POST", "/api/v2/invitations", {}), ("GET", "/api/v2/settings", None),
                               ("PATCH", "/api/v2/settings", {"sign_up": "open"})):
        assert problem_of(person.call, method, path, body).code == "not_administrator", path
        assert problem_of(Client(server).call, method, path, body).code == "not_signed_in", path
    reader = person.with_token(server.client().make_token("read", "write", "task"))
    assert problem_of(reader.get, "/api/v2/users").code == "scope_missing"


def test_a_disabled_user_is_out_at_once_and_comes_back(server, person):
    token = person.with_token(person.make_token("read"))
    assert change(server, person, disabled=True)["disabled"]
    assert problem_of(person.get, "/api/v2/me").code == problem_of(token.get, "/api/v2/me").code == "token_invalid"
    assert problem_of(Person(server, person.name).sign_in).code == "sign_in_failed"
    assert not change(server, person, disabled=False)["disabled"]
    assert problem_of(person.get, "/api/v2/me").code == "token_invalid", "the old session came back"
    assert token.get("/api/v2/me")["name"] == person.sign_in().get("/api/v2/me")["name"] == person.name


def test_an_administrator_resets_a_password(server, person):
    change(server, person, password="a new password")
    assert problem_of(person.get, "/api/v2/me").code == "token_invalid"
    person.sign_in("a new password")
    problem = problem_of(change, server, person, password=person.name, email="x", quota={"accelerators": -1})
    assert problem.fields() == {"password": "password_is_name", "email": "email", "quota.accelerators": "out_of_range"}
    assert problem_of(change, server, Person(server, "nobody-here"), disabled=True).code == "user_missing"


def test_the_last_administrator_stays_one(own_server):
    admin = own_server.client()
    me = Person(own_server, "admin")
    for fields in ({"disabled": True}, {"admin": False}):
        problem = problem_of(change, own_server, me, **fields)
        assert (problem.status, problem.code) == (409, "last_administrator")
    second = make_person(own_server, "second", admin=True)
    assert second.get("/api/v2/users")["items"]
    change(own_server, me, admin=False)
    assert problem_of(admin.get, "/api/v2/users").code == "not_administrator"
    assert problem_of(second.call, "PATCH", second.path, {"disabled": True}).code == "last_administrator"


def test_settings_are_kept_and_checked(own_server):
    before = own_server.client().get("/api/v2/settings")
    assert before == {"sign_up": "closed", "import_private_addresses": False, "max_repository_bytes": 2 << 30, "max_file_bytes": 100 << 20,
                      "default_quota": {"tasks_train": None, "tasks_inference": None, "accelerators": None, "storage_bytes": None}}
    quota = {"tasks_train": 2, "storage_bytes": 1 << 40}
    assert decide(own_server, default_quota=quota)["default_quota"] == {**before["default_quota"], **quota}
    problem = problem_of(decide, own_server, default_quota={"tasks_train": -1}, max_file_bytes=0, max_repository_bytes=-5)
    assert problem.fields() == {"default_quota.tasks_train": "out_of_range", "max_file_bytes": "out_of_range",
                                "max_repository_bytes": "out_of_range"}
    assert problem_of(decide, own_server, sign_up="perhaps").fields().keys() == {"sign_up"}
    decide(own_server, max_file_bytes=5)
    own_server.restart()
    after = own_server.client().get("/api/v2/settings")
    assert (after["max_file_bytes"], after["default_quota"]["tasks_train"], after["sign_up"]) == (5, 2, "closed")
