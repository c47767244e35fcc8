"""Training partners of the athlete: their activities in the sandbox, and what is said about them there."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from intervals_companion.app.activities import show
from intervals_companion.app.doctor import checkup
from intervals_companion.app.remote import activity
from intervals_companion.app.remote.activity_ref import activity_ref
from intervals_companion.app.social import athlete, comments, feed, thumbnails
from intervals_companion.app.social.feed import Choice
from intervals_companion.intervals.wire import Response
from intervals_companion.social.feed import Line
from intervals_companion.store import schema
from intervals_sandbox.state import Activity
from intervals_sandbox.world.seed import FOLLOWED
from support.app_fixture import TODAY, AppFixture, between, run, steps, weight
from support.prepared import prepared, sign_in

HALF_AN_HOUR = 1800.0


@contextmanager
def among_friends(folder: Path, *, boxes: list[str] | None = None, **options: Any) -> Iterator[AppFixture]:
    """A companion whose athlete is signed in and follows others; the account's key is known. Nothing was read yet.

    options: those of `app_fixture`.
    """
    options = {"followed": FOLLOWED, **options}
    with prepared(folder, examined, None if boxes is None else tuple(boxes), **options) as made:
        yield made


def examined(home: AppFixture, boxes: tuple[str, ...] | None = None) -> None:
    """Signed in, and checked half an hour ago."""
    sign_in(home, boxes)
    checkup.examine(home.context)
    home.clock.wait(HALF_AN_HOUR)


def look(home: AppFixture) -> list[Line]:
    """Reads the feed and gives its lines, newest first."""
    feed.read(home.context)
    return lines(home)


def lines(home: AppFixture, **choice: Any) -> list[Line]:
    """What is kept."""
    return home.context.read(feed.page, Choice(**choice), most=10_000).lines


def plain(home: AppFixture, *, talked: bool = False) -> Line:
    """The newest activity of somebody else that is shared whole; `talked`: with a chat, else without one."""
    return next(line for line in lines(home) if line.hidden is None and line.talked is talked)


def at_sandbox(home: AppFixture, name: str) -> Activity:
    return home.sandbox.state.activities[name]


def said(home: AppFixture, name: str, *, by: str | None = None) -> list[str]:
    """The comments on an activity that were not taken back, as the service has them; `by`: of one athlete only."""
    chat = home.sandbox.state.chat_of(at_sandbox(home, name))
    found = [] if chat is None else chat.messages.values()
    return [one["content"] for one in found if "deleted" not in one and by in (None, one["athlete_id"])]


def mine(home: AppFixture, name: str) -> list[str]:
    return said(home, name, by=home.sandbox.you.id)


def faults(home: AppFixture, *kinds: str, method: str = "*", path: str = "/api/") -> None:
    """The next requests meet these, in this order; none: whatever was ordered is off."""
    home.sandbox.faults.order([{"method": method, "path_prefix": path, "times": 1, "kind": kind} for kind in kinds])


def asked(home: AppFixture) -> Counter[str]:
    """What was asked since `forget_requests`, as method and path with the ids left out, and how often."""
    return Counter(_shape(one["method"], one["path"]) for one in home.sandbox.log.as_json())


def _shape(method: str, path: str) -> str:
    pieces = [
        "ID" if any(letter.isdigit() for letter in piece) and piece not in ("v1", "0") else piece
        for piece in path.split("/")
    ]
    return f"{method} {'/'.join(pieces)}"


def went_by(home: AppFixture) -> dict[str, set[str]]:
    """The kinds of credential of each of them."""
    found: dict[str, set[str]] = {}
    for one in home.sandbox.log.as_json():
        found.setdefault(_shape(one["method"], one["path"]), set()).add(one["credential"])
    return found


def rows_of(home: AppFixture, other: str) -> dict[str, int]:
    """The tables that hold anything under another athlete's id."""
    found: dict[str, int] = {}
    with home.context.store.read() as connection:
        for table in schema.metadata.sorted_tables:
            if "other" in table.c:
                count = len(connection.execute(table.select().where(table.c.other == other)).all())
                found |= {table.name: count} if count else {}
    return found


def cells(home: AppFixture) -> Iterable[str]:
    """Every text of every table, read without the program's own eyes."""
    files = home.context.store.folder.glob("*.sqlite")
    for file in files:
        with sqlite3.connect(file) as database:
            tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                for row in database.execute(f'SELECT * FROM "{table}"'):
                    yield from (cell for cell in row if isinstance(cell, str))


def refuse(home: AppFixture, piece: str, status: int = 403, body: bytes = b"{}") -> Callable[[], None]:
    """From now on requests to addresses with this piece are refused; gives the way back."""
    before = home.context
    between(home, lambda request: Response(status, {}, body) if piece in request.url else None)

    def again() -> None:
        home.context = before

    return again


def unfollow(home: AppFixture, other: str) -> None:
    with home.person() as person:
        person.follow(other, False)


def everything(home: AppFixture) -> None:
    """All there is to look at."""
    feed.read(home.context)
    one = plain(home, talked=True)
    ref = home.context.read(activity_ref, one.id)
    activity.fetch(home.context, ref)
    thumbnails.row_extras(home.context, one.id)
    comments.read(home.context, ref)
    athlete.fetch_person(home.context, one.other)
    show.show(home.context, one.id)


def used(home: AppFixture, days: int = 1) -> None:
    """The last days and a run were sent, and the feed of those who are followed was read."""
    for day in (TODAY - timedelta(days=number) for number in range(days)):
        home.import_(steps(day, 8000), weight(day, 74.5), *(run(day) if day == TODAY else ()))
    examined(home)
    home.clock.wait(8 * 3600)
    home.sync()
    feed.read(home.context)
