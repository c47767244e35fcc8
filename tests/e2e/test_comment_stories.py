"""Well done, said once: written, changed, removed, seen by the other side; whatever breaks, one stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from intervals_companion.app.social import feed
from intervals_companion.social.feed import Line
from intervals_sandbox.person import Person
from support.chromium import pages
from support.input_modes import Hand
from support.live_server import LiveServer, live_server

pytestmark = pytest.mark.slow

ODD = "\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0007"
"""Turned round, right to left, a family of emoji, and a bell."""
WORDS = "Held to the end. Well done"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[LiveServer]:
    """Signed in, and the feed has been read."""
    with live_server(tmp_path) as made:
        made.sign_in()
        feed.read(made.context)
        yield made


@pytest.fixture
def ride(home: LiveServer) -> Line:
    """A ride of somebody else that nobody has spoken of."""
    lines = home.context.read(feed.page).lines
    return next(line for line in lines if line.type == "Ride" and not line.hidden and not line.talked)


def open_ride(page: Page, home: LiveServer, ride: Line) -> Locator:
    """Its comments, once they are there."""
    page.goto(f"{home.base}/activities/{ride.id}")
    comments = page.locator("#comments")
    expect(comments).not_to_contain_text("Reading the comments.")
    return comments


def say(comments: Locator, words: str) -> None:
    comments.get_by_label("Your comment", exact=True).last.fill(words)
    comments.get_by_role("button", name="Send").click()


def at_the_service(home: LiveServer, ride: Line) -> list[str]:
    """What Intervals.icu holds, whoever asks."""
    with home.sandbox.sandbox.lock:
        state = home.sandbox.sandbox.state
        chat = state.chat_of(state.activities[ride.id])
        messages = list(chat.messages.values()) if chat else []
    return [message["content"] for message in messages if "deleted" not in message]


def faults(home: LiveServer, kind: str, path: str) -> None:
    with home.sandbox.sandbox.lock:
        home.sandbox.sandbox.faults.order([{"method": "POST", "path_prefix": path, "times": 1, "kind": kind}])


def messages_of(ride: Line) -> str:
    return f"/api/v1/activity/{ride.id}/messages"


def seen_by_its_athlete(browser: Browser, home: LiveServer, ride: Line, words: str) -> None:
    """In their own session at Intervals.icu."""
    with pages(browser, home.own) as theirs:
        theirs.goto(f"{home.sandbox.base}/login")
        theirs.get_by_role("button", name=ride.athlete_name).click()
        theirs.goto(f"{home.sandbox.base}/activities/{ride.id}")
        expect(theirs.locator("body")).to_contain_text(words)


@pytest.mark.golden
def test_a_comment_is_written_changed_removed_and_seen_from_the_other_side(
    page: Page, browser: Browser, home: LiveServer, ride: Line, hand: Hand
) -> None:
    comments = open_ride(page, home, ride)
    expect(comments).to_contain_text("Nobody has said anything yet.")
    hand.write(comments.get_by_label("Your comment", exact=True), WORDS)
    hand.turn(comments.get_by_role("button", name="Send"))
    expect(comments.get_by_role("listitem")).to_contain_text([WORDS])
    seen_by_its_athlete(browser, home, ride, WORDS)
    hand.turn(comments.locator("summary", has_text="Edit"))
    hand.write(comments.locator("details[open] textarea"), ", really")
    hand.turn(comments.get_by_role("button", name="Save"))
    expect(comments.get_by_role("listitem")).to_contain_text([", really"])
    seen_by_its_athlete(browser, home, ride, ", really")
    hand.turn(comments.locator("summary", has_text="Delete"))
    hand.turn(comments.get_by_role("button", name="Delete this comment"))
    expect(comments).to_contain_text("Nobody has said anything yet.")
    assert at_the_service(home, ride) == []


def test_two_taps_are_one_comment(page: Page, home: LiveServer, ride: Line) -> None:
    comments = open_ride(page, home, ride)
    comments.get_by_label("Your comment", exact=True).fill(WORDS)
    comments.get_by_role("button", name="Send").dblclick()
    expect(comments.get_by_role("listitem")).to_have_count(1)
    assert at_the_service(home, ride) == [WORDS]


def test_the_form_sent_twice_without_scripts_is_one_comment(page: Page, home: LiveServer, ride: Line) -> None:
    comments = open_ride(page, home, ride)
    form = comments.locator("form.write")
    fields = {name: form.locator(f"[name={name}]").input_value() for name in ("csrf", "nonce")}
    for _ in range(2):
        answer = page.request.post(
            f"{home.base}/activities/{ride.id}/comments",
            form={**fields, "text": WORDS}, headers={"Origin": home.base}, max_redirects=0,
        )  # fmt: skip
        assert answer.status == 303
    assert at_the_service(home, ride) == [WORDS]


@pytest.mark.parametrize("kind", ["timeout_after", "500_after", "truncated"])
def test_no_answer_after_it_was_written_leaves_one_comment(page: Page, home: LiveServer, ride: Line, kind: str) -> None:
    comments = open_ride(page, home, ride)
    faults(home, kind, messages_of(ride))
    say(comments, WORDS)
    expect(comments.get_by_role("listitem")).to_contain_text([WORDS])
    assert at_the_service(home, ride) == [WORDS]


def test_no_answer_before_it_was_written_is_said_and_sending_it_again_leaves_one(
    page: Page, home: LiveServer, ride: Line
) -> None:
    comments = open_ride(page, home, ride)
    faults(home, "timeout_before", messages_of(ride))
    say(comments, WORDS)
    expect(comments.get_by_role("status")).to_contain_text("Intervals.icu did not answer", timeout=20_000)
    assert at_the_service(home, ride) == []
    say(comments, WORDS)
    expect(comments.get_by_role("status")).to_have_count(0)
    expect(comments.get_by_role("listitem")).to_have_count(1)
    assert at_the_service(home, ride) == [WORDS]


def test_the_same_words_on_purpose_are_another_comment(page: Page, home: LiveServer, ride: Line) -> None:
    comments = open_ride(page, home, ride)
    say(comments, WORDS)
    expect(comments.get_by_role("listitem")).to_have_count(1)
    say(comments, WORDS)
    expect(comments.get_by_role("listitem")).to_have_count(2)
    assert at_the_service(home, ride) == [WORDS, WORDS]


def test_a_key_made_anew_in_the_middle_is_found_by_itself(page: Page, home: LiveServer, ride: Line) -> None:
    comments = open_ride(page, home, ride)
    with Person(home.sandbox.base, home.sandbox.sandbox.you.id) as person:
        person.generate_key()
    say(comments, WORDS)
    expect(comments.get_by_role("listitem")).to_contain_text([WORDS])


def test_what_others_wrote_is_text_and_never_markup(page: Page, home: LiveServer, ride: Line) -> None:
    written = f"<script>document.title='taken'</script> <b>bold</b> https://example.org/a?b=1&c=2. {ODD}"
    with Person(home.sandbox.base, ride.other) as other:
        other.comment(ride.id, written)
    comments = open_ride(page, home, ride)
    expect(comments.locator(".comment-text")).to_contain_text(["<script>document.title='taken'</script> <b>bold</b>"])
    expect(comments.get_by_role("link", name="https://example.org/a?b=1&c=2")).to_have_attribute(
        "rel", re.compile("noreferrer noopener")
    )
    assert "taken" not in page.title()


def test_ten_thousand_characters_fit_and_nothing_scrolls_sideways(page: Page, home: LiveServer, ride: Line) -> None:
    comments = open_ride(page, home, ride)
    say(comments, "w" * 10_000)
    expect(comments.get_by_role("listitem")).to_have_count(1)
    assert at_the_service(home, ride) == ["w" * 10_000]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_answer_is_marked_in_the_feed_until_it_was_on_the_screen(page: Page, home: LiveServer, ride: Line) -> None:
    say(open_ride(page, home, ride), WORDS)
    expect(page.locator("#comments").get_by_role("listitem")).to_have_count(1)
    with Person(home.sandbox.base, ride.other) as other:
        other.comment(ride.id, "Windy out there")
    feed.invalidate(home.context)
    feed.read(home.context)
    page.goto(f"{home.base}/feed")
    line = page.locator(f"#line-{ride.id}")
    expect(line).to_contain_text("1 new")
    with page.expect_response(re.compile(r"/seen$")):
        line.get_by_role("link").first.click()
    page.goto(f"{home.base}/feed")
    expect(line).not_to_contain_text("new")
    with home.sandbox.sandbox.lock:
        log = home.sandbox.sandbox.log.as_json()
    assert any(one["method"] == "PUT" and one["path"].endswith("/seen") and one["status"] == 200 for one in log)


def test_a_comment_removed_meanwhile_cannot_be_changed_and_says_so(page: Page, home: LiveServer, ride: Line) -> None:
    comments = open_ride(page, home, ride)
    say(comments, WORDS)
    expect(comments.get_by_role("listitem")).to_have_count(1)
    comments.get_by_text("Edit").click()
    with home.sandbox.sandbox.lock:
        state = home.sandbox.sandbox.state
        chat = state.chat_of(state.activities[ride.id])
        assert chat is not None
        number = next(iter(chat.messages))
    with Person(home.sandbox.base, home.sandbox.sandbox.you.id) as elsewhere:
        elsewhere.delete_comment(ride.id, number)
    comments.locator("details[open] textarea").fill("Changed")
    comments.get_by_role("button", name="Save").click()
    expect(comments.get_by_role("alert")).to_be_visible()
    expect(comments).to_contain_text("Nobody has said anything yet.")


def test_from_the_feed_to_the_page(page: Page, home: LiveServer, ride: Line, hand: Hand) -> None:
    page.goto(f"{home.base}/feed")
    hand.press(page.locator(f"#to-{ride.id}"))
    expect(page.locator("#comments")).to_be_visible()
