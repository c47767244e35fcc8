"""Who may ask for what: API keys, bearer tokens, scopes, other athletes. Notes, sections 1 and 2."""

from __future__ import annotations

import pytest

from sandbox.harness import ALL_AREAS, TODAY, Box, box

WELLNESS = "/athlete/0/wellness"


def test_without_a_credential_nothing_is_answered(sandbox: Box) -> None:
    answer = sandbox.get("/athlete/0", auth=None)
    assert answer.status_code == 401
    assert answer.json() == {"status": 401, "error": "Unauthorized"}


@pytest.mark.parametrize("auth", [("API_KEY", "wrong"), ("API_KEY", ""), ("mika", "right")])
def test_a_wrong_key_or_another_user_name_is_not_signed_in(sandbox: Box, auth: tuple[str, str]) -> None:
    user, password = auth
    password = str(sandbox.you.api_key) if password == "right" else password
    assert sandbox.get("/athlete/0", auth=(user, password)).status_code == 401


@pytest.mark.parametrize("header", ["Basic %%%", "Basic", "Bearer", "Bearer nonsense", "Digest x", ""])
def test_a_malformed_authorization_is_not_signed_in(sandbox: Box, header: str) -> None:
    assert sandbox.get("/athlete/0", auth=None, headers={"Authorization": header}).status_code == 401


def test_the_key_is_basic_authentication_with_the_user_name_api_key(sandbox: Box) -> None:
    assert sandbox.get("/athlete/0", auth=("API_KEY", str(sandbox.you.api_key))).json()["id"] == sandbox.you.id


def test_a_key_has_25_lower_case_letters_and_digits(sandbox: Box) -> None:
    key = str(sandbox.you.api_key)
    assert len(key) == 25
    assert key.isalnum()
    assert key == key.lower()


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_sent_as_bearer_is_refused(sandbox: Box, status: int) -> None:
    sandbox.switch(key_as_bearer_status=status)
    assert sandbox.get("/athlete/0", token=sandbox.you.api_key).status_code == status


def test_zero_means_the_owner_for_key_and_token_alike(sandbox: Box) -> None:
    assert sandbox.get("/athlete/0").json()["id"] == sandbox.you.id
    assert sandbox.get("/athlete/0", token=sandbox.token()).json()["id"] == sandbox.you.id


def test_zero_is_not_an_alias_for_activity_pace_curves(sandbox: Box) -> None:
    query = {"oldest": "2026-01-01", "newest": "2026-02-01"}
    assert sandbox.get("/athlete/0/activity-pace-curves", params=query).status_code == 403
    assert sandbox.get(f"/athlete/{sandbox.you.id}/activity-pace-curves", params=query).status_code == 501


@pytest.mark.parametrize("athlete", ["i0", "i999999", "999999", "nobody"])
def test_an_unknown_athlete_is_denied(sandbox: Box, athlete: str) -> None:
    answer = sandbox.get(f"/athlete/{athlete}")
    assert answer.status_code == 403
    assert answer.json() == {"status": 403, "error": "Access denied"}


def test_with_and_without_i_are_different_athletes(sandbox: Box) -> None:
    assert sandbox.get(f"/athlete/{sandbox.you.id.strip('i')}").status_code == 403


def test_a_key_reads_followed_athletes_but_does_not_write_them(sandbox: Box) -> None:
    path = f"/athlete/{sandbox.friend.id}/wellness"
    assert sandbox.get(path, params={"oldest": str(TODAY)}).status_code == 200
    assert sandbox.put(f"{path}/{TODAY}", {"mood": 1}).status_code == 403


def test_a_coachs_key_also_writes(sandbox: Box) -> None:
    sandbox.you.coaches.add(sandbox.friend.id)
    coached = next(iter(sandbox.you.coaches))
    assert sandbox.put(f"/athlete/{coached}/wellness/{TODAY}", {"mood": 1}).json()["mood"] == 1


def test_a_key_does_not_reach_athletes_it_does_not_follow(sandbox: Box) -> None:
    stranger = sandbox.friend
    sandbox.you.follows.discard(stranger.id)
    activity = sandbox.activities(stranger)[0]
    assert sandbox.get(f"/athlete/{stranger.id}").status_code == 403
    assert sandbox.get(f"/activity/{activity.id}").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        *("/athlete/{athlete}", "/athlete/{athlete}/profile", "/athlete/{athlete}/activities?oldest=2026-11-01"),
        *("/athlete/{athlete}/wellness?oldest=2026-11-01", "/activity/{activity}", "/activity/{activity}/streams"),
        *("/activity/{activity}?intervals=true", "/activity/{activity}/messages", "/activity/{activity}/fit-file"),
    ],
)
def test_a_token_is_bound_to_one_athlete_where_a_key_reads_the_followed_too(sandbox: Box, path: str) -> None:
    friend = sandbox.friend
    place = path.format(athlete=friend.id, activity=sandbox.activities(friend)[0].id)
    assert sandbox.get(place, token=sandbox.token()).status_code == 403
    assert sandbox.get(place).status_code == 200


def test_the_status_for_foreign_athletes_is_a_switch(sandbox: Box) -> None:
    sandbox.switch(foreign_athlete_status=404)
    assert sandbox.get(f"/athlete/{sandbox.friend.id}", token=sandbox.token()).status_code == 404


def test_listing_athletes_is_not_for_tokens(sandbox: Box) -> None:
    assert sandbox.get("/athletes", token=sandbox.token()).status_code == 403
    assert sandbox.get("/athletes").status_code == 200


@pytest.mark.parametrize(
    ("operation", "path", "area"),
    [
        ("GET", "/athlete/0/activities?oldest=2026-11-01", "ACTIVITY"),
        ("GET", "/athlete/0/wellness?oldest=2026-11-01", "WELLNESS"),
        ("GET", "/athlete/0/events", "CALENDAR"),
        ("GET", "/athlete/0/chats", "CHATS"),
        ("GET", "/athlete/0/folders", "LIBRARY"),
        ("GET", "/athlete/0/sport-settings", "SETTINGS"),
        ("GET", "/athlete/0/custom-item", "SETTINGS"),
        ("GET", "/athlete/0/gear", "SETTINGS"),
        ("GET", "/athlete/0/athlete-summary", "SETTINGS"),
        ("POST", "/athlete/0/activities", "ACTIVITY"),
        ("PUT", "/athlete/0/wellness/2026-11-01", "WELLNESS"),
        ("POST", "/athlete/0/events", "CALENDAR"),
        ("POST", "/athlete/0/custom-item", "SETTINGS"),
    ],
)
def test_each_area_guards_its_operations(sandbox: Box, operation: str, path: str, area: str) -> None:
    level = "READ" if operation == "GET" else "WRITE"
    others = ",".join(part for part in ALL_AREAS.split(",") if not part.startswith(area))
    without = sandbox.send(operation, path, token=sandbox.token(others))
    assert without.status_code == 403
    assert sandbox.send(operation, path, token=sandbox.token(f"{area}:{level}")).status_code not in (401, 403)


def test_read_does_not_cover_write_but_write_covers_read(sandbox: Box) -> None:
    path = f"{WELLNESS}/{TODAY}"
    assert sandbox.put(path, {"mood": 1}, token=sandbox.token("WELLNESS:READ")).status_code == 403
    assert sandbox.get(f"{WELLNESS}?oldest={TODAY}", token=sandbox.token("WELLNESS:WRITE")).status_code == 200


def test_a_key_has_no_scopes(sandbox: Box) -> None:
    assert sandbox.put(f"{WELLNESS}/{TODAY}", {"mood": 1}).status_code == 200


@pytest.mark.parametrize(("guard", "other"), [("CHATS", "ACTIVITY"), ("ACTIVITY", "CHATS")])
def test_which_area_guards_comments_is_a_switch(sandbox: Box, guard: str, other: str) -> None:
    sandbox.switch(comments_area=guard)
    path = f"/activity/{sandbox.activities()[0].id}/messages"
    assert sandbox.get(path, token=sandbox.token(f"{other}:WRITE")).status_code == 403
    assert sandbox.get(path, token=sandbox.token(f"{guard}:READ")).status_code == 200


def test_settings_may_guard_nothing_but_sport_settings(sandbox: Box) -> None:
    sandbox.switch(settings_guards_rest=False)
    token = sandbox.token("WELLNESS:READ")
    assert sandbox.get("/athlete/0/custom-item", token=token).status_code == 200
    assert sandbox.get("/athlete/0/sport-settings", token=token).status_code == 403
    athlete = sandbox.get("/athlete/0", token=token).json()
    assert athlete["custom_items"]
    assert (athlete["email"], athlete["sportSettings"]) == (sandbox.you.facts["email"], None)


def test_any_token_may_ask_who_it_belongs_to_and_sees_a_little(sandbox: Box) -> None:
    athlete = sandbox.get("/athlete/0", token=sandbox.token("ACTIVITY:READ")).json()
    assert (athlete["id"], athlete["name"]) == (sandbox.you.id, sandbox.you.name)
    assert athlete["timezone"] == "Europe/Berlin"
    assert athlete["icu_api_key"] is None
    assert athlete["sportSettings"] is None


def test_what_a_token_without_settings_sees_of_its_athlete_is_a_switch(sandbox: Box) -> None:
    token = sandbox.token("ACTIVITY:READ")
    sandbox.switch(athlete_without_settings="full")
    assert sandbox.get("/athlete/0", token=token).json()["sportSettings"]
    sandbox.switch(athlete_without_settings="refused")
    assert sandbox.get("/athlete/0", token=token).status_code == 403


def test_pythons_own_agent_is_turned_away_everywhere_but_at_the_controls(sandbox: Box) -> None:
    headers = {"User-Agent": "Python-urllib/3.11"}
    assert sandbox.get("/athlete/0", headers=headers).status_code == 403
    assert sandbox.client.get("/login", headers=headers).status_code == 403
    assert sandbox.client.get("/sandbox/requests", headers=headers).status_code == 200


def test_an_account_may_start_without_a_key() -> None:
    own = box(api_key=False)
    assert own.you.api_key is None
    assert own.get("/athlete/0", token=own.token()).json()["icu_api_key"] is None
