"""What is borrowed of other athletes: that it goes when it has to, and how what is hidden or odd is shown."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from intervals_companion.app.activities import detail, show
from intervals_companion.app.data import backup, erase
from intervals_companion.app.doctor import diagnostics
from intervals_companion.app.jobs.schedule import Jobs
from intervals_companion.app.remote import activity as remote_activity
from intervals_companion.app.remote.activity_ref import activity_ref
from intervals_companion.app.remote.visibility import NotShared, save
from intervals_companion.app.social import athlete, feed, thumbnails
from intervals_companion.app.social import comments as social_comments
from intervals_companion.domain.errors import (
    CompanionError,
    KeyMissing,
    NothingToShow,
    NotSignedIn,
    ServiceError,
)
from intervals_companion.domain.remote_activity import Hidden
from intervals_companion.intervals.wire import Request, Response
from intervals_companion.store import friends_cache
from intervals_companion.store.erasing import TABLES, Group
from intervals_companion.web.activities import pages
from intervals_companion.web.social import comments
from intervals_sandbox.world.seed import FOLLOWED
from support.app_fixture import TODAY, AppFixture, app_fixture, between
from support.friends_fixture import (
    HALF_AN_HOUR,
    among_friends,
    asked,
    at_sandbox,
    cells,
    everything,
    lines,
    look,
    plain,
    refuse,
    rows_of,
    unfollow,
)
from support.web_client import visit


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    """Eight training partners; nothing of theirs was read yet."""
    with among_friends(tmp_path) as made:
        yield made


@pytest.fixture
def read(home: AppFixture) -> AppFixture:
    """Their newest two weeks were read half an hour ago."""
    look(home)
    home.clock.wait(HALF_AN_HOUR)
    home.forget_requests()
    return home


# --- borrowed: it goes -----------------------------------------------------------------------------------------------


def secrets_of(home: AppFixture, other: str) -> list[str]:
    """Their id, and the two parts of their name."""
    return [other, *home.sandbox.state.athletes[other].name.split()]


def found_in(home: AppFixture, words: list[str]) -> set[str]:
    return {word for text in cells(home) for word in words if word in text}


@pytest.fixture
def known(read: AppFixture) -> tuple[AppFixture, str]:
    """Somebody of whom everything there is was read."""
    one = plain(read, talked=True)
    everything(read)
    social_comments.mark_seen(read.context, one.id)
    return read, one.other


@pytest.mark.parametrize("reads", [False, True], ids=["nobody looks", "the service is down"])
def test_after_a_day_what_was_borrowed_is_gone_though_nothing_is_read(
    known: tuple[AppFixture, str], reads: bool
) -> None:
    home, other = known
    home.clock.wait(48 * HALF_AN_HOUR + 1)
    if reads:
        refuse(home, "/athletes", 503)
        with pytest.raises(ServiceError):
            feed.read(home.context)
    else:
        jobs = Jobs(home.context, wait=lambda _woken, _seconds: jobs.stop())
        jobs.run_forever()
    assert rows_of(home, other).keys() & {"others_activities", "borrowed"} == set()
    assert lines(home) == []


def test_who_is_not_followed_any_more_leaves_nothing_behind(known: tuple[AppFixture, str]) -> None:
    home, other = known
    assert len(rows_of(home, other)) >= 4
    assert set(secrets_of(home, other)) <= found_in(home, secrets_of(home, other))
    unfollow(home, other)
    feed.read(home.context)
    assert rows_of(home, other) == {}
    assert found_in(home, secrets_of(home, other)) == set()
    with pytest.raises(NothingToShow):
        home.context.read(athlete.person, other)


def test_the_bytes_of_who_is_not_followed_any_more_are_gone_from_the_files(known: tuple[AppFixture, str]) -> None:
    home, other = known
    unfollow(home, other)
    feed.read(home.context)
    home.context.store.close()
    folder = home.context.store.folder
    words = [word.encode() for word in secrets_of(home, other)[:1]]
    assert not [
        path.name for path in folder.iterdir() for word in words if path.is_file() and word in path.read_bytes()
    ]


def test_a_refusal_while_somebody_looks_drops_all_of_that_athlete_at_once(known: tuple[AppFixture, str]) -> None:
    home, other = known
    one = plain(home, talked=True)
    assert one.other == other
    refuse(home, f"/activity/{one.id}/messages")
    with pytest.raises(NotShared, match=r"Not shared with you\."):
        social_comments.read(home.context, home.context.read(activity_ref, one.id))
    assert rows_of(home, other) == {}
    assert found_in(home, secrets_of(home, other)) == set()


def test_an_activity_that_is_made_private_after_it_was_listed_says_so_and_nothing_of_it_stays(read: AppFixture) -> None:
    one = plain(read)
    thumbnails.row_extras(read.context, one.id)
    with read.person(one.other) as person:
        person.share(one.id, False)
    with pytest.raises(NotShared, match=r"Not shared with you\."):
        remote_activity.fetch(read.context, read.context.read(activity_ref, one.id))
    line = next(each for each in lines(read) if each.id == one.id)
    assert (line.title, line.hidden, line.distance) == ("Not shared with you", Hidden.NOT_SHARED, None)
    assert one.id not in read.context.read(feed.page, most=10_000).thumbnails


@pytest.mark.parametrize("kept", [{"record": {}, "view": {}}, {"kind": "bars", "bars": [], "strong": []}, {}])
def test_what_another_version_kept_is_read_anew(read: AppFixture, kept: Any) -> None:
    one = plain(read)
    about = read.context.read(activity_ref, one.id)
    first, drawn = remote_activity.fetch(read.context, about), thumbnails.row_extras(read.context, one.id)
    assert drawn.thumbnail is not None
    for kind in (friends_cache.DETAIL, friends_cache.SHAPE):
        save(read.context, kind, one.id, one.other, kept)
    assert one.id not in read.context.read(feed.page, most=10_000).thumbnails
    assert read.context.read(remote_activity.known, about) is None
    assert remote_activity.fetch(read.context, about) == first
    assert thumbnails.row_extras(read.context, one.id) == drawn
    assert read.context.read(feed.page, most=10_000).thumbnails[one.id] == drawn.thumbnail


def test_an_activity_that_was_deleted_after_it_was_listed_says_so(read: AppFixture) -> None:
    one = plain(read, talked=True)
    read.sandbox.remove(at_sandbox(read, one.id))
    with visit(read, *pages.routes, *comments.routes) as web:
        for part in ("body", "comments"):
            text = web.get(f"/activities/{one.id}/{part}", headers={"HX-Request": "true"}).text
            assert "This activity is not at Intervals.icu any more. It was deleted there." in text
        answer = web.post(f"/activities/{one.id}/comments", text="Well done", nonce="1")
    assert (answer.status_code, "Well done" in answer.text) == (422, True)
    assert read.writes() == []


def test_after_a_logout_no_file_of_a_companion_that_still_runs_holds_their_name(known: tuple[AppFixture, str]) -> None:
    home, other = known
    words = [word.encode() for word in secrets_of(home, other)]
    erase.log_out(home.context)
    kept = b"".join(file.read_bytes() for file in sorted(home.context.store.folder.glob("companion.sqlite*")))
    assert [word for word in words if word in kept] == []


@pytest.mark.parametrize("way", [erase.LOGOUT, erase.FULL_LOGOUT], ids=["logout", "full logout"])
def test_a_logout_wipes_everything_of_everybody(known: tuple[AppFixture, str], way: erase.ExitOption) -> None:
    home, _ = known
    words = [word for one in home.sandbox.you.follows for word in secrets_of(home, one)]
    erase.log_out(home.context, way)
    assert found_in(home, words) == set()
    with home.context.store.read() as connection:
        assert [table.name for table in TABLES[Group.OTHERS] if connection.execute(table.select()).first()] == []


@pytest.mark.parametrize("piece", ["/athlete-summary", "/athlete/0/chats", "/activities?"])
def test_a_logout_in_the_middle_of_a_reading_leaves_nothing_either(home: AppFixture, piece: str) -> None:
    done: list[str] = []

    def answer(request: Request) -> Response | None:
        if piece in request.url and not done:
            done.append(request.url)
            erase.log_out(home.context)
        return None

    words = [word for one in home.sandbox.you.follows for word in secrets_of(home, one)]
    between(home, answer)
    with pytest.raises(CompanionError) as stopped:
        feed.read(home.context)
    assert isinstance(stopped.value, NotSignedIn | KeyMissing)
    assert found_in(home, words) == set()
    with home.context.store.read() as connection:
        assert [table.name for table in TABLES[Group.OTHERS] if connection.execute(table.select()).first()] == []


def test_a_backup_and_the_diagnostics_hold_nothing_of_others(known: tuple[AppFixture, str], tmp_path: Path) -> None:
    home, _ = known
    words = [word for one in home.sandbox.you.follows for word in secrets_of(home, one)]
    assert [word for word in words if word in json.dumps(home.context.read(diagnostics.report))] == []
    content = b"".join(backup.make(home.context, "a long sentence", "a long sentence"))
    folder = tmp_path / "second"
    folder.mkdir()
    with app_fixture(folder, followed=FOLLOWED) as second:
        backup.restore(second.context, io.BytesIO(content), "a long sentence")
        assert found_in(second, words) == set()
        with second.context.store.read() as connection:
            assert [table.name for table in TABLES[Group.OTHERS] if connection.execute(table.select()).first()] == []


# --- what is hidden --------------------------------------------------------------------------------------------------


def test_what_strava_hides_is_told_without_asking_and_counts_in_the_week(read: AppFixture) -> None:
    stub = next(line for line in lines(read) if line.hidden is Hidden.STRAVA)
    about = read.context.read(activity_ref, stub.id)
    remote_activity.fetch(read.context, about)
    shown = show.show(read.context, stub.id)
    assert asked(read).total() == 0
    assert (shown.detail.entry.title, shown.thread) == ("Hidden by Strava", None)
    weeks = {one.id: found for one, found in read.context.read(feed.weeks)}[stub.other]
    load = sum(
        at_sandbox(read, line.id).load
        for line in lines(read, athlete=stub.other)
        if line.day >= TODAY - timedelta(days=1)
    )
    assert weeks[0].load >= load


@pytest.mark.parametrize("kind", ["stub", "absent"])
def test_a_private_activity_says_not_shared_with_you_or_is_not_there(home: AppFixture, kind: str) -> None:
    home.sandbox.switches = home.sandbox.switches.flipped({"private_activities": kind})
    newest = max(home.sandbox.state.activities_of(min(home.sandbox.you.follows)), key=lambda one: one.day)
    newest.private = True
    hidden = [line for line in look(home) if line.hidden is Hidden.NOT_SHARED]
    if kind == "absent":
        assert hidden == []
        return
    assert {line.title for line in hidden} == {"Not shared with you"}
    home.forget_requests()
    assert home.context.read(detail.detail, hidden[0].id).entry.hidden
    assert show.show(home.context, hidden[0].id).thread is None
    assert asked(home).total() == 0


def test_of_others_there_is_no_file(read: AppFixture) -> None:
    with visit(read, *pages.routes) as web:
        assert web.get(f"/activities/{plain(read).id}.fit").status_code == 404
    assert asked(read).total() == 0


# --- a page of somebody else's activity ------------------------------------------------------------------------------

ODD: dict[str, list[dict[str, Any]]] = {
    "shorter": [{"type": "heartrate", "data": [120, None, 130]}],
    "longer": [{"type": "heartrate", "data": [120] * 40_000}],
    "all null": [{"type": "heartrate", "data": [None] * 100}],
    "empty": [{"type": "heartrate", "data": []}],
    "custom": [{"type": "MuscleOxygen", "data": [60.5, None, 61.5]}],
}


@pytest.mark.parametrize("streams", ODD.values(), ids=list(ODD))
def test_streams_as_no_recording_has_them_make_a_page(read: AppFixture, streams: list[dict[str, Any]]) -> None:
    one = plain(read)
    with read.person() as person:
        answer = person._browser.put("/sandbox/streams", json={"activity_id": one.id, "streams": streams})
        assert answer.status_code == 200
    with visit(read, *pages.routes) as web:
        page = web.get(f"/activities/{one.id}/body")
        assert (page.status_code, web.get(f"/activities/{one.id}/streams").status_code) == (200, 200)
        assert "unreadable" not in page.text
    assert read.writes() == []


def test_an_activity_without_streams_makes_a_page(read: AppFixture) -> None:
    one = plain(read)
    refuse(read, f"/activity/{one.id}/streams", 200, b"[]")
    with visit(read, *pages.routes) as web:
        page = web.get(f"/activities/{one.id}/body")
    assert page.status_code == 200
    assert "unreadable" not in page.text
