"""The feed as a person sees it: what friends did, how far it is read, and why it is not."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.app.account import api_key, logout
from intervals_companion.app.doctor import examine
from intervals_companion.app.social import feed as social_feed
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import intervals_cache
from intervals_companion.web.activities import pages as activities_pages
from intervals_companion.web.doctor import pages
from intervals_companion.web.settings import access
from intervals_companion.web.social import pages as social_pages
from intervals_sandbox.state import Activity, Athlete
from intervals_sandbox.world.seed import FOLLOWED
from support.app_fixture import TODAY, AppFixture, between
from support.prepared import prepared, sign_in
from support.web_client import Visit, visit

LINE = 'class="row feed-row"'
ASKS = "/aside"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """As after a sign-in in the web app: the key was read."""
    with prepared(tmp_path, signed_in, followed=FOLLOWED) as made:
        yield made


def signed_in(home: AppFixture) -> None:
    sign_in(home)
    examine.examine(home.context)


@pytest.fixture
def browser(home: AppFixture) -> Iterator[Visit]:
    with visit(home, *social_pages.routes, *activities_pages.routes) as made:
        yield made


@pytest.fixture
def read(home: AppFixture) -> None:
    """Somebody has looked already."""
    social_feed.read(home.context)
    home.forget_requests()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def told(stream: str) -> list[tuple[str, str]]:
    """Event and data of each."""
    parts = stream.replace("\r\n", "\n").strip().split("\n\n")
    return [
        (
            re.findall(r"^event: (.*)$", part, re.MULTILINE)[0],
            "\n".join(re.findall(r"^data: ?(.*)$", part, re.MULTILINE)),
        )
        for part in parts
        if "event:" in part
    ]


def over(browser: Visit, query: str = "") -> str:
    """What the page shows once a reading is over."""
    event, text = told(browser.get(f"/feed/watch{query}").text)[-1]
    assert event == "over"
    return text


def others(home: AppFixture) -> list[Athlete]:
    state = home.sandbox.state
    return sorted((one for one in state.athletes.values() if one.id != state.you), key=lambda one: one.name)


def newest(home: AppFixture, other: Athlete) -> Activity:
    done = [one for one in home.sandbox.state.activities_of(other.id) if not one.stub and not one.private]
    return max(done, key=lambda one: str(one.values["start_date"]))


def asked(home: AppFixture) -> list[str]:
    return [str(one["path"]) for one in home.sandbox.log.as_json()]


# --- looking ---------------------------------------------------------------------------------------------------------


def test_the_page_asks_nobody_and_connects_to_what_reads(home: AppFixture, browser: Visit) -> None:
    home.forget_requests()
    page = browser.get("/feed").text
    assert asked(home) == []
    assert 'sse-connect="/feed/watch' in page
    assert "reading" in words(page)


def test_watching_reads_and_ends_with_the_list(home: AppFixture, browser: Visit) -> None:
    text = over(browser)
    assert text.count(LINE) >= social_feed.MOST
    assert "up to date, 13:00" in words(text)
    assert text.count(LINE) == browser.get("/feed").text.count(LINE)


def test_while_it_reads_lines_appear_with_how_far_it_is(home: AppFixture, browser: Visit) -> None:
    slow = others(home)[0].id

    def answer(request: Request) -> Response | None:
        if f"/athlete/{slow}/activities" in request.url:
            time.sleep(1.2)
        return None

    between(home, answer)
    with visit(home, *social_pages.routes) as browser:
        events = told(browser.get("/feed/watch").text)
    states = [words(text) for event, text in events if event == "rows" and LINE in text]
    assert any(re.search(r"[1-7] of 8 read", state) for state in states)
    assert all(ASKS not in text for event, text in events if event == "rows")


def test_of_two_that_watch_one_reads(home: AppFixture) -> None:
    slow, begun = others(home)[0].id, threading.Event()

    def answer(request: Request) -> Response | None:
        begun.set()
        if f"/athlete/{slow}/activities" in request.url:
            time.sleep(0.8)
        return None

    between(home, answer)
    home.forget_requests()
    with visit(home, *social_pages.routes) as browser:
        first = threading.Thread(target=social_feed.read, args=[home.context])
        first.start()
        begun.wait()
        text = over(browser)
        first.join()
    assert text.count(LINE) >= social_feed.MOST
    answered = [one["path"] for one in home.sandbox.log.as_json() if one["status"] == 200]
    assert answered.count("/api/v1/athletes") == 1


def test_the_stream_is_for_those_let_in(browser: Visit) -> None:
    browser.client.cookies.clear()
    assert browser.get("/feed/watch").status_code == 303


@pytest.mark.usefixtures("read")
def test_what_is_fresh_is_not_asked_for_again(home: AppFixture, browser: Visit) -> None:
    assert "sse-connect" not in browser.get("/feed").text
    assert browser.get("/feed/due").status_code == 204
    over(browser)
    assert asked(home) == []


@pytest.mark.usefixtures("read")
def test_after_a_quarter_of_an_hour_a_page_that_is_looked_at_connects_again(home: AppFixture, browser: Visit) -> None:
    home.clock.wait(15 * 60 + 1)
    assert "/feed/watch?shown=90&amp;sport=Run" in browser.get("/feed/due?sport=Run&shown=90").text
    assert asked(home) == []


@pytest.mark.usefixtures("read")
def test_a_list_that_was_scrolled_is_drawn_anew_as_long_as_it_was(home: AppFixture, browser: Visit) -> None:
    everything = len(home.context.read(social_feed.page, most=500).lines)
    assert everything > social_feed.MOST * 2
    assert over(browser, f"?shown={everything}").count(LINE) == everything


@pytest.mark.usefixtures("read")
def test_check_now_makes_the_next_page_read(browser: Visit) -> None:
    assert browser.post("/feed/check").headers["location"] == "/feed"
    assert "sse-connect" in browser.get("/feed").text


def test_without_scripts_a_press_reads(browser: Visit) -> None:
    assert "Read now" in browser.get("/feed").text
    assert browser.post("/feed/read").headers["location"] == "/feed"
    assert browser.get("/feed").text.count(LINE) >= social_feed.MOST


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("read")
def test_days_are_headed_and_counted(browser: Visit) -> None:
    page = browser.get("/feed").text
    heads = re.findall(r'<h2 id="day-([\d-]+)">(.*?)</h2><small>(\d+) activit', page)
    assert [day for day, _, _ in heads] == sorted((day for day, _, _ in heads), reverse=True)
    assert all(title == "Today" or title.endswith(" March") for _, title, _ in heads)
    assert sum(int(count) for _, _, count in heads) == page.count(LINE)


@pytest.mark.usefixtures("read")
def test_a_line_says_who_when_and_what(home: AppFixture, browser: Visit) -> None:
    page = words(browser.get("/feed?sport=Run").text)
    assert re.search(r"\w+ [\w-]+ , \d\d:\d\d .{3,40} \d+\.\d km, [\d:]+, load \d+", page)


@pytest.mark.usefixtures("read")
def test_a_line_and_its_page_name_one_day_and_one_time(home: AppFixture, browser: Visit) -> None:
    """Also where its athlete lives half a day away."""
    far = next(one for one in others(home) if str(one.zone) == "Asia/Tokyo")
    line = next(
        one for one in home.context.read(social_feed.page, most=500).lines if one.other == far.id and not one.hidden
    )
    assert f"{line.start:%A} {line.start.day} {line.start:%B}, {line.start:%H:%M}" in words(
        browser.get(f"/activities/{line.id}").text
    )


def test_what_began_lately_is_new_until_all_is_marked_as_read(home: AppFixture, browser: Visit) -> None:
    social_feed.read(home.context)
    page = browser.get("/feed").text
    assert 'class="feed-new"><span class="hidden">new, </span>' in page
    home.clock.wait(1)
    assert browser.post("/feed/seen").headers["location"] == "/feed"
    page = browser.get("/feed").text
    assert "feed-new" not in page
    assert "Mark all as read" not in page


def test_hidden_by_strava_leads_nowhere_and_is_explained_once(home: AppFixture, browser: Visit) -> None:
    for other in others(home)[:2]:
        newest(home, other).values["source"] = "STRAVA"
    social_feed.read(home.context)
    page = browser.get("/feed").text
    stubs = re.findall(r'<li class="feed-line[^>]*>(?:(?!</li>).)*Hidden by Strava.*?</li>', page, re.DOTALL)
    assert len(stubs) >= 2
    assert all("counted in load" in stub and "/activities/" not in stub for stub in stubs)
    assert page.count("connect the device’s own service") == 1


def test_a_private_one_is_not_shared(home: AppFixture, browser: Visit) -> None:
    other = others(home)[0]
    newest(home, other).private = True
    social_feed.read(home.context)
    page = words(browser.get(f"/feed?athlete={other.id}").text)
    assert "Not shared with you" in page


def test_who_shares_nothing_is_named_once(home: AppFixture) -> None:
    closed = others(home)[0]

    def answer(request: Request) -> Response | None:
        return Response(403, {}, b"{}") if f"/athlete/{closed.id}/activities" in request.url else None

    between(home, answer)
    with visit(home, *social_pages.routes) as browser:
        page = words(over(browser))
    assert page.count(f"Not shared with you: {closed.name}.") == 1


def test_who_is_not_followed_any_more_is_gone(home: AppFixture, browser: Visit) -> None:
    other = others(home)[0]
    social_feed.read(home.context)
    assert other.name in browser.get(f"/feed?athlete={other.id}").text
    name = newest(home, other).id
    home.sandbox.you.follows.discard(other.id)
    home.sandbox.you.coaches.discard(other.id)
    browser.post("/feed/check")
    assert other.name not in over(browser, "?shown=600")
    assert "You do not follow this athlete" in words(browser.get(f"/feed?athlete={other.id}").text)
    assert browser.get(f"/feed/{name}/aside").status_code == 204


def test_what_others_write_is_text(home: AppFixture, browser: Visit) -> None:
    other = others(home)[0]
    newest(home, other).values["name"] = "<script>alert(1)</script>\x07 ride"
    social_feed.read(home.context)
    page = browser.get(f"/feed?athlete={other.id}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ride" in page
    assert "<script>alert" not in page


def test_a_name_that_turns_the_reading_direction_turns_nothing_beside_it(home: AppFixture, browser: Visit) -> None:
    other = others(home)[0]
    newest(home, other).values["name"] = "\u202eרכיבה"
    social_feed.read(home.context)
    page = browser.get(f"/feed?athlete={other.id}").text
    assert "<bdi>\u202eרכיבה</bdi>" in page
    assert f"<bdi>{other.name}</bdi>, " in page


# --- beside a line ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("read")
def test_what_stands_beside_a_line_is_read_once_it_is_seen(home: AppFixture, browser: Visit) -> None:
    page = browser.get("/feed").text
    name = re.findall(rf'hx-get="/feed/(\w+){ASKS}" hx-trigger="revealed"', page)[0]
    assert asked(home) == []
    assert "<svg" in browser.get(f"/feed/{name}/aside").text
    assert set(asked(home)) <= {f"/api/v1/activity/{name}/streams", f"/api/v1/activity/{name}/messages"}
    assert len(asked(home)) <= 2
    assert f"/feed/{name}{ASKS}" not in browser.get("/feed").text


@pytest.mark.usefixtures("read")
def test_without_a_chat_nobody_asks_for_comments(home: AppFixture, browser: Visit) -> None:
    silent = next(one for one in home.context.read(social_feed.page).lines if not one.talked and one.hidden is None)
    browser.get(f"/feed/{silent.id}/aside")
    assert asked(home) == [f"/api/v1/activity/{silent.id}/streams"]


def test_comments_are_counted_and_new_ones_marked(home: AppFixture, browser: Visit) -> None:
    one = newest(home, others(home)[0])
    author = others(home)[1]
    chat = home.sandbox.state.open_chat(one)
    before = len(chat.messages)
    home.sandbox.state.post(chat, author, "Strong", "2026-03-10T11:00:00Z")
    social_feed.read(home.context)
    line = browser.get(f"/feed/{one.id}/aside").text
    if home.context.read(social_feed.line, one.id).new:
        assert re.search(r"\d+ new", words(line))
    else:
        assert words(line).strip().startswith(str(before + 1))


@pytest.mark.usefixtures("read")
def test_a_drawing_that_cannot_be_read_leaves_the_line_as_it_is(home: AppFixture, browser: Visit) -> None:
    name = next(one.id for one in home.context.read(social_feed.page).lines if one.hidden is None)
    home.sandbox.faults.order(
        [{"method": "GET", "path_prefix": f"/api/v1/activity/{name}", "times": 20, "kind": "500"}]
    )
    assert browser.get(f"/feed/{name}/aside").status_code == 204


# --- choosing --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("read")
def test_a_sport_shows_that_sport_only(home: AppFixture, browser: Visit) -> None:
    page = browser.get("/feed?sport=Swim").text
    shown = re.findall(r'id="line-(\w+)"', page)
    assert shown
    assert {home.context.read(social_feed.line, name).type for name in shown} == {"Swim"}
    assert re.search(r'href="/feed" aria-current="true">\s*Everyone', page) is None
    assert re.search(r'href="/feed" aria-current="true">Swim', page)


@pytest.mark.usefixtures("read")
def test_one_athlete_and_the_coached(home: AppFixture, browser: Visit) -> None:
    other = others(home)[3]
    shown = re.findall(r'id="line-(\w+)"', browser.get(f"/feed?athlete={other.id}").text)
    assert {home.context.read(social_feed.line, name).other for name in shown} == {other.id}
    coached = re.findall(r'id="line-(\w+)"', browser.get("/feed?coached=yes").text)
    assert {home.context.read(social_feed.line, name).other for name in coached} == home.sandbox.you.coaches


@pytest.mark.usefixtures("read")
def test_a_choice_nobody_fits_says_so(browser: Visit) -> None:
    page = words(browser.get("/feed?sport=Golf").text)
    assert "Nothing of that kind in the days that were read." in page
    assert "Show everyone" in page


# --- days before -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("read")
def test_the_next_page_goes_on_where_this_one_ends(home: AppFixture, browser: Visit) -> None:
    page = browser.get("/feed").text
    more = re.findall(r'hx-get="(/feed/more\?until=[\d-]+)" hx-trigger="revealed"', page)
    assert len(more) == 1
    first = set(re.findall(r'id="line-(\w+)"', page))
    second = set(re.findall(r'id="line-(\w+)"', browser.get(more[0]).text))
    assert second
    assert not first & second
    assert asked(home) == []
    plain = re.findall(r'href="(/feed\?until=[\d-]+)"', page)[0]
    assert set(re.findall(r'id="line-(\w+)"', browser.get(plain).text)) == second


@pytest.mark.usefixtures("read")
def test_days_that_are_not_known_are_read_first(home: AppFixture, browser: Visit) -> None:
    until = TODAY - timedelta(days=14)
    assert LINE not in browser.get(f"/feed?until={until}").text
    assert asked(home) == []
    assert LINE in browser.get(f"/feed/more?until={until}").text
    assert len(asked(home)) == len(others(home))


@pytest.mark.usefixtures("read")
def test_a_day_long_ago_reads_one_stretch_only(home: AppFixture, browser: Visit) -> None:
    page = browser.get("/feed/more?until=1990-01-01").text
    assert "Nothing in these days." in page
    assert len(asked(home)) == len(others(home))


@pytest.mark.usefixtures("read")
@pytest.mark.soak
def test_the_feed_ends_with_words(home: AppFixture, browser: Visit) -> None:
    address, page = f"/feed/more?until={TODAY - timedelta(days=14)}", ""
    for _ in range(200):
        page = browser.get(address).text
        found = re.findall(r'hx-get="(/feed/more\?until=[\d-]+)"', page)
        if not found:
            break
        address = found[0]
    assert "This is as far back as the feed goes: a year." in page


def test_where_nobody_shares_it_does_not_say_that_a_year_was_read(home: AppFixture) -> None:
    between(home, lambda request: Response(403, {}, b"{}") if "/activities?" in request.url else None)
    with visit(home, *social_pages.routes) as browser:
        page = words(over(browser))
    assert page.count("Not shared with you:") == 1
    assert "a year" not in page


@pytest.mark.usefixtures("read")
def test_days_before_that_are_not_read_of_one_athlete_say_so(home: AppFixture) -> None:
    piece = f"/athlete/{others(home)[0].id}/activities"
    between(home, lambda request: Response(422, {}, b"{}") if piece in request.url else None)
    with visit(home, *social_pages.routes) as browser:
        page = browser.get(f"/feed/more?until={TODAY - timedelta(days=14)}").text
    assert "Earlier days were not read." in page


@pytest.mark.usefixtures("read")
def test_days_before_that_cannot_be_read_say_why(home: AppFixture, browser: Visit) -> None:
    home.sandbox.faults.order([{"method": "GET", "path_prefix": "/api/v1/athlete", "times": 100, "kind": "503"}])
    page = browser.get(f"/feed/more?until={TODAY - timedelta(days=14)}").text
    assert "Earlier days were not read." in page
    assert "Try again" in page


@pytest.mark.parametrize("until", ["yesterday", "2026-02-30", "2026", "-1", "0001-01-01"])
@pytest.mark.parametrize("path", ["/feed", "/feed/more"])
def test_a_day_that_is_none_is_told(browser: Visit, path: str, until: str) -> None:
    assert browser.get(f"{path}?until={until}").status_code == 404


# --- why it is not read ----------------------------------------------------------------------------------------------


def test_without_a_key_the_page_says_why_and_how(home: AppFixture) -> None:
    home.sandbox.you.api_key = None
    logout.log_out(home.context)
    home.sign_in()
    examine.examine(home.context)
    home.forget_requests()
    with visit(home, *social_pages.routes) as browser:
        page = browser.get("/feed").text
    assert "Your friends are one key away" in page
    assert page.count("<li>") >= 5
    assert "Press <b>Generate</b>" in page
    assert 'action="/sign-in/again"' in page
    assert 'value="/feed"' in page
    assert "Your own sync works without it." in page
    assert asked(home) == []


def test_a_key_one_does_not_want_read_says_so(home: AppFixture, browser: Visit) -> None:
    api_key.delete_key(home.context)
    page = browser.get("/feed").text
    assert "you turned that off" in page
    assert 'href="/settings/key"' in page


def test_nobody_signed_in_is_said(home: AppFixture, browser: Visit) -> None:
    logout.log_out(home.context)
    page = browser.get("/feed").text
    assert "Sign in first" in page
    assert browser.get("/feed/due").status_code == 204
    assert browser.get("/athletes").headers["location"] == "/feed"


def test_a_key_generated_anew_is_found_and_used(home: AppFixture, browser: Visit) -> None:
    social_feed.read(home.context)
    with home.person() as person:
        person.generate_key()
    browser.post("/feed/check")
    assert "up to date" in words(over(browser))


def test_a_key_that_is_refused_says_so_and_keeps_what_was_read(home: AppFixture, browser: Visit) -> None:
    api_key.save(home.context, "no-such-key")
    friends_before = browser.get("/feed").text
    home.sandbox.switches = evolve(home.sandbox.switches, api_key_property="absent")
    page = words(over(browser))
    assert "not read" in page
    assert "refused" in page
    assert LINE not in friends_before


def test_a_key_that_is_refused_is_not_tried_every_minute(home: AppFixture, browser: Visit) -> None:
    api_key.save(home.context, "no-such-key")
    home.sandbox.switches = evolve(home.sandbox.switches, api_key_property="absent")
    over(browser)
    assert home.context.read(social_feed.is_due)
    assert browser.get("/feed/due").status_code == 204


@pytest.mark.usefixtures("read")
def test_a_service_that_does_not_answer_is_told_and_what_was_read_stays(home: AppFixture, browser: Visit) -> None:
    browser.post("/feed/check")
    home.sandbox.faults.order([{"method": "GET", "path_prefix": "/api/v1/athlete", "times": 100, "kind": "503"}])
    text = over(browser)
    assert text.count(LINE) >= social_feed.MOST
    assert "Not everything was read." in words(text)
    assert "not read" in words(text)


def test_the_first_look_of_all_that_fails_is_told(home: AppFixture, browser: Visit) -> None:
    home.sandbox.faults.order([{"method": "GET", "path_prefix": "/api/v1/athlete", "times": 100, "kind": "503"}])
    page = over(browser)
    assert 'class="note note-warn"' in page
    assert "not read" in words(page)


def test_who_follows_nobody_is_told_what_to_do(home: AppFixture, browser: Visit) -> None:
    home.sandbox.you.follows.clear()
    home.sandbox.you.coaches.clear()
    assert "You follow nobody yet" in words(over(browser))
    assert "press Follow" in words(browser.get("/feed").text)


# --- around it -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("read")
def test_both_halves_lead_to_each_other(browser: Visit) -> None:
    assert '<a href="/feed">Friends</a>' in browser.get("/activities").text
    page = browser.get("/feed").text
    assert '<a href="/activities">Mine</a>' in page
    rail, tabs = re.findall(r'<nav class="(?:rail|tabs)".*?</nav>', page, re.DOTALL)
    assert rail.count("<li>") == 7
    assert tabs.count("<li>") == 5
    assert 'href="/activities" aria-current="page"' in tabs


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("path", ["/permissions", "/settings/key"])
def test_a_key_that_works_leads_to_friends(home: AppFixture, path: str) -> None:
    with visit(home, *pages.routes, *access.routes) as browser:
        section = browser.get(path).text.partition("<h1")[2]
    assert re.search(r'<a href="/feed">[^<]*(friends|athletes)', section)


@pytest.mark.usefixtures("read")
def test_last_week_leads_to_everybody(home: AppFixture, browser: Visit) -> None:
    page = browser.get("/feed").text
    assert "All 8 athletes" in page
    everybody = browser.get("/athletes").text
    for other in others(home):
        assert f'href="/athletes/{other.id}"' in everybody
    assert re.findall(r'<h2 id="week-[\d-]+">(.*?)</h2>', everybody)[:2] == ["This week", "Last week"]


@pytest.mark.usefixtures("read")
@pytest.mark.parametrize("percent", [True, False])
def test_form_is_said_as_the_athletes_setting_says(home: AppFixture, browser: Visit, percent: bool) -> None:
    athlete = home.context.account().athlete
    with home.context.store.write() as connection:
        kept = intervals_cache.answer(connection, athlete, intervals_cache.ATHLETE)
        assert kept is not None
        intervals_cache.save(
            connection, athlete, intervals_cache.ATHLETE, {**kept.record, "icu_form_as_percent": percent}, 0
        )
    assert ("\u202f%" in browser.get("/feed").text) is percent
