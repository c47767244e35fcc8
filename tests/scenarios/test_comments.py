"""Comments: read when somebody looks, written by their author alone, seen when they were shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intervals_companion.app.account import api_key, sign_in
from intervals_companion.app.data import erase
from intervals_companion.app.doctor import checkup
from intervals_companion.app.remote.activity_ref import ActivityRef, activity_ref
from intervals_companion.app.social import comments as social_comments
from intervals_companion.app.social import feed, post_comment
from intervals_companion.domain.errors import (
    CompanionError,
    KeyMissing,
    NothingToShow,
    NotSignedIn,
    PermissionMissing,
    RateLimited,
    UsageError,
)
from intervals_companion.intervals import protocol
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.social.comments import SendResult, Sent
from intervals_companion.web.activities import pages as activities_pages
from intervals_companion.web.social import comments
from intervals_sandbox.world.seed import FOLLOWED
from support.app_fixture import TODAY, AppFixture, app_fixture, between
from support.friends_fixture import (
    among_friends,
    asked,
    at_sandbox,
    examined,
    lines,
    look,
    mine,
    plain,
    rows_of,
    said,
    went_by,
)
from support.prepared import prepared
from support.web_client import HERE, visit

MESSAGES, SEND = "GET /api/v1/activity/ID/messages", "POST /api/v1/activity/ID/messages"
SEEN = "PUT /api/v1/chats/ID/messages/ID/seen"
WITHOUT_CHATS = ["ACTIVITY:WRITE", "WELLNESS:WRITE", "CALENDAR:READ", "SETTINGS:READ"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """Training partners whose newest activities were read; one's own were too."""
    with prepared(tmp_path, settled, empty=False, followed=FOLLOWED) as made:
        yield made


def settled(home: AppFixture) -> None:
    examined(home)
    settle_in(home)


def settle_in(home: AppFixture) -> None:
    with sign_in.signed_in(home.context) as (_, client):
        client.ask(protocol.activities(TODAY - timedelta(days=180), TODAY))
    look(home)
    home.forget_requests()


def own(home: AppFixture, *, talked: bool = False) -> ActivityRef:
    """The newest activity of one's own, without a chat or with one."""
    found = sorted(home.sandbox.state.activities_of(home.sandbox.you.id), key=lambda one: one.day, reverse=True)
    name = next(one.id for one in found if ("icu_chat_id" in one.values) is talked and not one.stub)
    return home.context.read(activity_ref, name)


def theirs(home: AppFixture, *, talked: bool = False) -> ActivityRef:
    return home.context.read(activity_ref, plain(home, talked=talked).id)


def write(home: AppFixture, about: ActivityRef, text: str = "Well done", nonce: str = "n") -> Sent:
    return post_comment.send(home.context, about.activity, text, nonce)


def answer_by(home: AppFixture, about: ActivityRef, who: str, text: str) -> None:
    with home.person(who) as person:
        person.comment(about.activity, text)


# --- what goes by what -----------------------------------------------------------------------------------------------


def test_a_comment_on_another_s_activity_goes_by_the_key(home: AppFixture) -> None:
    about = theirs(home)
    assert write(home, about).what is SendResult.SENT
    assert mine(home, about.activity) == ["Well done"]
    assert went_by(home) == {MESSAGES: {"key"}, SEND: {"key"}}


def test_who_looks_right_after_writing_reads_the_comment(home: AppFixture) -> None:
    about = theirs(home)
    social_comments.read(home.context, about)
    write(home, about)
    found = social_comments.read_if_old(home.context, about, social_comments.LOOKED_AT)
    assert [one.text for one in found.comments] == ["Well done"]


def test_a_comment_on_an_own_activity_goes_by_the_token(home: AppFixture) -> None:
    about = own(home)
    assert write(home, about, "Good legs").what is SendResult.SENT
    assert mine(home, about.activity) == ["Good legs"]
    assert went_by(home) == {MESSAGES: {"token"}, SEND: {"token"}}


def test_all_that_can_be_done_with_an_own_comment_goes_by_the_same(home: AppFixture) -> None:
    for about, kind in ((own(home), "token"), (theirs(home), "key")):
        sent = write(home, about, nonce=kind)
        assert sent.comment is not None
        social_comments.read(home.context, about)
        home.forget_requests()
        social_comments.edit(home.context, about.activity, sent.comment, "Very well done")
        assert mine(home, about.activity) == ["Very well done"]
        social_comments.read(home.context, about)
        social_comments.delete(home.context, about.activity, sent.comment)
        assert mine(home, about.activity) == []
        assert home.credentials_used() == {kind}


def test_where_a_key_signed_in_everything_goes_by_it(tmp_path: Path) -> None:
    with app_fixture(tmp_path, empty=False, followed=FOLLOWED) as home:
        sign_in.with_key(home.context, home.sandbox.you.api_key or "")
        settle_in(home)
        for about in (own(home), theirs(home)):
            assert write(home, about, nonce=about.activity).what is SendResult.SENT
        assert home.credentials_used() == {"key"}


def test_without_the_box_an_own_comment_is_refused_in_words_and_not_tried_by_the_key(tmp_path: Path) -> None:
    with among_friends(tmp_path, boxes=WITHOUT_CHATS, empty=False) as home:
        settle_in(home)
        about = own(home)
        with pytest.raises(PermissionMissing, match="Chats") as refused:
            write(home, about)
        assert "og out" in refused.value.cure
        assert home.credentials_used() == {"token"}
        assert said(home, about.activity) == []
        home.forget_requests()
        assert write(home, theirs(home), nonce="other").what is SendResult.SENT
        assert home.credentials_used() == {"key"}


def test_without_a_key_a_comment_on_another_s_is_not_sent_and_the_form_may_be_used_again(home: AppFixture) -> None:
    about, key = theirs(home), home.sandbox.you.api_key or ""
    api_key.delete_key(home.context)
    with pytest.raises(KeyMissing):
        write(home, about)
    assert asked(home).total() == 0
    api_key.save_key(home.context, key)
    assert write(home, about).what is SendResult.SENT


# --- one's own -------------------------------------------------------------------------------------------------------


def test_somebody_else_s_comment_is_not_changed_here(home: AppFixture) -> None:
    about = theirs(home, talked=True)
    found = social_comments.read(home.context, about)
    other = next(one for one in found.comments if one.author != found.me)
    home.forget_requests()
    with pytest.raises(UsageError, match="Only its author"):
        social_comments.edit(home.context, about.activity, other.id, "Mine now")
    with pytest.raises(UsageError, match="Only its author"):
        social_comments.delete(home.context, about.activity, other.id)
    assert asked(home).total() == 0


def test_an_edit_to_nothing_is_refused(home: AppFixture) -> None:
    about = theirs(home)
    sent = write(home, about)
    social_comments.read(home.context, about)
    with pytest.raises(UsageError):
        social_comments.edit(home.context, about.activity, sent.comment or 0, " \n")
    assert mine(home, about.activity) == ["Well done"]


def test_a_comment_that_was_taken_back_elsewhere_is_told(home: AppFixture) -> None:
    about = theirs(home)
    sent = write(home, about)
    assert sent.comment is not None
    social_comments.read(home.context, about)
    with home.person() as person:
        person.delete_comment(about.activity, sent.comment)
    with pytest.raises(CompanionError):
        social_comments.edit(home.context, about.activity, sent.comment, "Too late")
    found = social_comments.read(home.context, about)
    assert (found.count, [one.deleted for one in found.comments]) == (0, [True])
    home.forget_requests()
    with pytest.raises(NothingToShow, match="no such comment"):
        social_comments.delete(home.context, about.activity, sent.comment)
    assert asked(home).total() == 0


def test_a_comment_on_an_activity_that_was_made_private_is_refused_in_words(home: AppFixture) -> None:
    about = theirs(home)
    with home.person(about.other) as person:
        person.share(about.activity, False)
    with pytest.raises(PermissionMissing):
        write(home, about)
    assert said(home, about.activity) == []


def test_an_answer_that_the_service_does_not_take_from_us_says_whose_decision_it_is(home: AppFixture) -> None:
    about = theirs(home)
    between(home, lambda request: Response(403, {}, b"{}") if request.method == "POST" else None)
    with pytest.raises(PermissionMissing, match="takes no comment of yours"):
        write(home, about)
    assert home.credentials_used() == {"key"}


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "x" * 10_001])
def test_what_cannot_be_a_comment_asks_nobody(home: AppFixture, text: str) -> None:
    with pytest.raises(UsageError):
        write(home, theirs(home), text)
    assert asked(home).total() == 0


TEXTS = {
    "long": "x" * 10_000,
    "emoji": "👩🏽\u200d🚴\u200d♀️ 💪",
    "right to left": "\u202bכל הכבוד\u202c \u200f!",
    "script": "<script>alert(1)</script> & \"quotes\" 'too'",
    "lines": "one\n\ntwo",
    "link": "look: https://example.org/a?b=1&c=2.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=list(TEXTS))
def test_what_was_written_is_what_is_there_and_is_shown_as_text(home: AppFixture, text: str) -> None:
    about = theirs(home)
    write(home, about, text)
    assert mine(home, about.activity) == [text]
    assert social_comments.read(home.context, about).comments[-1].text == text
    with visit(home, *activities_pages.routes, *comments.routes) as web:
        page = web.get(f"/activities/{about.activity}/comments").text
    assert "<script>alert" not in page
    assert ("&lt;script&gt;" in page) is (text == TEXTS["script"])


def test_an_unknown_and_a_hidden_activity_take_no_comment(home: AppFixture) -> None:
    stub = next(line for line in lines(home) if line.hidden is not None)
    for name in ("i1", stub.id, "../athlete/0"):
        with pytest.raises(NothingToShow):
            post_comment.send(home.context, name, "Well done", f"n-{name}")
    assert asked(home).total() == 0


def test_a_limit_sends_nothing_and_the_form_may_be_used_again(home: AppFixture) -> None:
    about, quiet = theirs(home), home.context
    between(home, lambda request: Response(429, {"retry-after": "600"}) if request.method == "POST" else None)
    with pytest.raises(RateLimited):
        write(home, about)
    home.context = quiet
    assert write(home, about).what is SendResult.SENT
    assert mine(home, about.activity) == ["Well done"]


def test_who_logged_out_writes_nothing(home: AppFixture) -> None:
    about = own(home)
    erase.log_out(home.context)
    home.forget_requests()
    with pytest.raises(NotSignedIn):
        write(home, about)
    assert asked(home).total() == 0


def test_unfollowed_while_a_comment_is_on_its_way_nothing_of_them_comes_back(home: AppFixture) -> None:
    """The other page reads the list of athletes just before the comment is sent."""
    about, quiet = theirs(home), home.context
    done: list[str] = []

    def answer(request: Request) -> Response | None:
        if request.method == "GET" and "/messages" in request.url and not done:
            done.append(request.url)
            with home.person() as person:
                person.follow(about.other, False)
            feed.read(quiet)
            return Response(200, {}, b"[]")
        return None

    between(home, answer)
    with pytest.raises(NothingToShow):
        write(home, about)
    assert rows_of(home, about.other) == {}
    assert mine(home, about.activity) == []


# --- many ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [99, 100, 101, 250])
def test_more_comments_than_one_answer_holds_are_all_read(home: AppFixture, count: int) -> None:
    about = theirs(home)
    with home.sandbox.lock:
        chat = home.sandbox.state.open_chat(at_sandbox(home, about.activity))
        for number in range(count):
            home.sandbox.state.post(chat, home.sandbox.you, f"No. {number}", "2026-03-10T10:00:00.000+00:00")
    found = social_comments.read(home.context, about)
    assert [one.text for one in found.comments] == [f"No. {number}" for number in range(count)]
    assert asked(home)[MESSAGES] == count // 100 + 1
    assert write(home, about, "No. 3").what is SendResult.SENT  # an older one with the same words is not it
    assert len(mine(home, about.activity)) == count + 1


@pytest.mark.parametrize("lost", [False, True])
def test_the_same_words_as_an_older_comment_are_not_taken_for_it(home: AppFixture, lost: bool) -> None:
    about = theirs(home)
    write(home, about, nonce="old")
    quiet = home.context
    if lost:
        between(home, lambda request: Response(500, {}, b"") if request.method == "POST" else None)
    sent = write(home, about, nonce="new")
    home.context = quiet
    assert sent.what is (SendResult.UNKNOWN if lost else SendResult.SENT)
    assert len(mine(home, about.activity)) == (1 if lost else 2)


# --- seen ------------------------------------------------------------------------------------------------------------


def pages(about: ActivityRef) -> list[str]:
    place = f"/activities/{about.activity}"
    return ["/activities", place, f"{place}/body", f"{place}/streams", f"{place}/comments"]


@pytest.mark.parametrize("choose", [own, theirs])
def test_no_page_that_is_opened_writes_anything_to_the_service(home: AppFixture, choose: Any) -> None:
    about = choose(home, talked=True)
    answer_by(home, about, next(iter(home.sandbox.you.follows - {about.other})), "Nice one")
    with visit(home, *activities_pages.routes, *comments.routes) as web:
        for path in pages(about):
            for headers in ({}, {"hx-request": "true"}):
                assert web.get(path, headers=headers).status_code == 200, path
        for method in ("GET", "HEAD"):
            assert web.client.request(method, f"/activities/{about.activity}/seen").status_code in (404, 405)
    assert asked(home)[MESSAGES] >= 1
    assert home.writes() == []


@pytest.mark.parametrize(("choose", "kind"), [(own, "token"), (theirs, "key")])
def test_what_was_shown_is_seen_when_the_page_says_so(home: AppFixture, choose: Any, kind: str) -> None:
    about = choose(home, talked=True)
    answer_by(home, about, next(iter(home.sandbox.you.follows - {about.other})), "Nice one")
    assert social_comments.read(home.context, about).unseen
    home.forget_requests()
    with visit(home, *activities_pages.routes, *comments.routes) as web:
        assert web.post(f"/activities/{about.activity}/seen").status_code == 204
        assert asked(home)[SEEN] == 1
        assert went_by(home)[SEEN] == {kind}
        assert not home.context.read(social_comments.thread, about).unseen
        assert not social_comments.read(home.context, about).unseen
        home.forget_requests()
        assert web.post(f"/activities/{about.activity}/seen").status_code == 204
    assert home.writes() == []


def test_without_the_box_nothing_is_said_to_be_seen_of_one_s_own(tmp_path: Path) -> None:
    boxes = [*WITHOUT_CHATS, "CHATS:READ"]
    with among_friends(tmp_path, boxes=boxes, empty=False) as home:
        settle_in(home)
        about = own(home, talked=True)
        answer_by(home, about, next(iter(home.sandbox.you.follows)), "Nice one")
        social_comments.read(home.context, about)
        home.forget_requests()
        social_comments.mark_seen(home.context, about.activity)
        assert asked(home).total() == 0


def test_a_comment_that_is_new_marks_the_line_until_it_was_seen(home: AppFixture) -> None:
    about = theirs(home)
    write(home, about)
    answer_by(home, about, about.other, "Thank you")

    def new() -> int:
        return next(line.new for line in look(home) if line.id == about.activity)

    assert new() == 1
    social_comments.read(home.context, about)
    social_comments.mark_seen(home.context, about.activity)
    assert new() == 0


# --- the form of the page --------------------------------------------------------------------------------------------


def test_the_page_s_form_sends_once_however_often_it_is_tapped(home: AppFixture) -> None:
    about = theirs(home)
    with visit(home, *activities_pages.routes, *comments.routes) as web:
        page = web.get(f"/activities/{about.activity}/comments").text
        nonce = re.search(r'name="nonce" value="([^"]+)"', page)
        assert nonce
        fields = {"text": "Well done", "nonce": nonce[1]}
        for _ in range(3):
            assert web.post(f"/activities/{about.activity}/comments", **fields).status_code in (200, 303)
        assert mine(home, about.activity) == ["Well done"]
        other = re.search(r'name="nonce" value="([^"]+)"', web.get(f"/activities/{about.activity}/comments").text)
        assert other
        assert other[1] != nonce[1]


def test_a_form_from_elsewhere_writes_nothing(home: AppFixture) -> None:
    about = theirs(home)
    with visit(home, *activities_pages.routes, *comments.routes) as web:
        fields = {"text": "Well done", "nonce": "n", "csrf": "wrong"}
        answer = web.client.post(f"/activities/{about.activity}/comments", data=fields, headers={"origin": HERE})
    assert answer.status_code >= 400
    assert said(home, about.activity) == []


def test_what_could_not_be_sent_stays_in_the_form(home: AppFixture) -> None:
    about = theirs(home)
    between(home, lambda request: Response(403, {}, b"{}") if request.method == "POST" else None)
    with visit(home, *activities_pages.routes, *comments.routes) as web:
        answer = web.post(f"/activities/{about.activity}/comments", text="My long <b>words</b>", nonce="n1")
    assert answer.status_code == 422
    assert "My long &lt;b&gt;words&lt;/b&gt;" in answer.text
    assert "takes no comment of yours" in answer.text


def test_the_check_up_says_nothing_of_boxes_because_of_what_another_athlete_keeps(tmp_path: Path) -> None:
    with app_fixture(tmp_path, empty=False, followed=FOLLOWED) as home:
        sign_in.with_key(home.context, home.sandbox.you.api_key or "")
        checkup.examine(home.context)
        settle_in(home)
        blocked, about = home.context.read(checkup.blocked_count), theirs(home)
        between(home, lambda request: Response(403, {}, b"{}") if about.activity in request.url else None)
        with pytest.raises(CompanionError):
            social_comments.read(home.context, about)
        assert home.context.read(checkup.blocked_count) == blocked
