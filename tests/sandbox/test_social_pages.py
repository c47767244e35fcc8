"""Activities and their comments as another athlete lives them by hand, and whom one follows."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from intervals_sandbox.errors import SandboxError
from intervals_sandbox.person import Person
from intervals_sandbox.state import Activity, Athlete
from sandbox.harness import Box


@pytest.fixture
def activity(sandbox: Box) -> Activity:
    """One of yours that nobody has commented on."""
    return next(item for item in sandbox.activities() if "icu_chat_id" not in item.values and not item.stub)


@pytest.fixture
def theirs(sandbox: Box) -> Activity:
    return next(item for item in sandbox.activities(sandbox.friend) if "icu_chat_id" not in item.values)


def _person(sandbox: Box, athlete: Athlete) -> Person:
    """At a browser of their own."""
    browser = TestClient(sandbox.app, "http://localhost:8788", follow_redirects=False)
    return Person("http://localhost:8788", athlete.id, browser)


def _said(sandbox: Box, activity: Activity) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sandbox.get(f"/activity/{activity.id}/messages").json()
    return rows


def _page(sandbox: Box, activity: Activity, athlete: Athlete | None = None) -> str:
    sandbox.sign_in(athlete)
    return sandbox.client.get(f"/activities/{activity.id}").text


def test_the_list_shows_ones_own_and_those_of_the_followed(sandbox: Box) -> None:
    sandbox.sign_in()
    page = sandbox.client.get("/activities").text
    assert sandbox.you.name in page
    assert sandbox.friend.name in page


def test_a_friend_comments_and_their_words_are_told(sandbox: Box, activity: Activity) -> None:
    _person(sandbox, sandbox.friend).comment(activity.id, "Strong <b>finish</b>")
    assert [(row["name"], row["content"]) for row in _said(sandbox, activity)] == [
        (sandbox.friend.name, "Strong <b>finish</b>")
    ]
    assert "Strong &lt;b&gt;finish" in _page(sandbox, activity)


def test_what_was_written_through_the_api_is_on_the_page(sandbox: Box, theirs: Activity) -> None:
    sandbox.post(f"/activity/{theirs.id}/messages", {"content": "Well done"})
    page = _page(sandbox, theirs, sandbox.friend)
    assert "Well done" in page
    assert ", new" in page


def test_an_empty_comment_is_not_sent(sandbox: Box, activity: Activity) -> None:
    _person(sandbox, sandbox.friend).comment(activity.id, "  ")
    assert _said(sandbox, activity) == []


def test_a_comment_is_taken_back_by_its_author_only(sandbox: Box, activity: Activity) -> None:
    friend = _person(sandbox, sandbox.friend)
    friend.comment(activity.id, "Oops")
    number = _said(sandbox, activity)[0]["id"]
    sandbox.sign_in()
    sandbox.form(f"/activities/{activity.id}/delete", message=number)
    assert [row["content"] for row in _said(sandbox, activity)] == ["Oops"]
    friend.delete_comment(activity.id, number)
    assert [(row["content"], row["deleted_by_id"]) for row in _said(sandbox, activity)] == [(None, sandbox.friend.id)]
    assert "Deleted." in _page(sandbox, activity)


def test_a_friend_marks_what_you_wrote_as_read(sandbox: Box, theirs: Activity) -> None:
    sandbox.post(f"/activity/{theirs.id}/messages", {"content": "Well done"})
    _person(sandbox, sandbox.friend).mark_read(theirs.id)
    assert ", new" not in _page(sandbox, theirs, sandbox.friend)


def test_looking_at_the_page_marks_nothing_as_read(sandbox: Box, theirs: Activity) -> None:
    sandbox.post(f"/activity/{theirs.id}/messages", {"content": "Well done"})
    assert [", new" in _page(sandbox, theirs, sandbox.friend) for _ in range(2)] == [True, True]


def test_an_activity_made_private_is_a_stub_to_others_until_it_is_shared_again(sandbox: Box, theirs: Activity) -> None:
    friend = _person(sandbox, sandbox.friend)
    friend.share(theirs.id, shared=False)
    assert sandbox.get(f"/activity/{theirs.id}").json()["_note"] == "This activity is private"
    friend.share(theirs.id, shared=True)
    assert sandbox.get(f"/activity/{theirs.id}").json()["name"] == theirs.values["name"]


def test_nobody_shares_or_hides_what_is_not_theirs(sandbox: Box, theirs: Activity) -> None:
    sandbox.sign_in()
    assert sandbox.form(f"/activities/{theirs.id}/share", shared="no").status_code == 403
    assert not theirs.private


def test_a_private_activity_has_no_page_for_others(sandbox: Box, theirs: Activity) -> None:
    theirs.private = True
    sandbox.sign_in()
    answer = sandbox.client.get(f"/activities/{theirs.id}")
    assert (answer.status_code, "Not shared with you" in answer.text) == (403, True)
    with pytest.raises(SandboxError):
        _person(sandbox, sandbox.you).comment(theirs.id, "Hello?")


def test_who_is_no_longer_followed_is_gone_from_every_list(sandbox: Box, theirs: Activity) -> None:
    friend = sandbox.friend
    _person(sandbox, sandbox.you).follow(friend.id, follow=False)
    assert [row["id"] for row in sandbox.get("/athletes").json()] == [sandbox.you.id]
    paths = (
        *(f"/athlete/{friend.id}", f"/athlete/{friend.id}/activities?oldest=2026-01-01", f"/activity/{theirs.id}"),
        *(f"/athlete/{friend.id}/profile", f"/activity/{theirs.id}/streams", f"/activity/{theirs.id}/messages"),
    )
    assert {sandbox.get(path).status_code for path in paths} == {403}


def test_who_is_followed_again_is_back(sandbox: Box) -> None:
    friend, you = sandbox.friend, _person(sandbox, sandbox.you)
    for again in (False, True):
        you.follow(friend.id, follow=again)
    assert friend.id in {row["id"] for row in sandbox.get("/athletes").json()}


def test_a_key_made_anew_by_its_owner_ends_the_old_one(sandbox: Box) -> None:
    old = sandbox.key()
    _person(sandbox, sandbox.you).generate_key()
    assert sandbox.get("/athletes", auth=old).status_code == 401
    assert sandbox.get("/athletes").status_code == 200


@pytest.mark.parametrize("path", ["/activities", "/activities/i1", "/following"])
def test_these_pages_ask_for_a_sign_in(sandbox: Box, path: str) -> None:
    assert sandbox.client.get(path).headers["location"].startswith("/login?next=")
    assert sandbox.form(path, content="x").headers.get("location", "/login") == "/login"


def test_an_unknown_activity_has_no_page(sandbox: Box) -> None:
    sandbox.sign_in()
    assert sandbox.client.get("/activities/i1").status_code == 404
