"""Whatever Intervals.icu answers, wherever: no page fails for it, one absurd number spoils one line, and a day later
everything is as if it had never been said.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from intervals_companion.app.doctor import examine
from intervals_companion.app.social import athlete, feed, thumbnails
from intervals_companion.domain.errors import CompanionError
from intervals_companion.intervals.wire import Request, Response
from support.app_fixture import AppFixture, between
from support.browsers import Browser, browser
from support.friends_fixture import lines, used
from support.prepared import prepared

NUMBERS = (
    "1e29", "-1e29", "NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400, "999999999999999", "-5e14", "1e-320",
    "0", "-1",
)  # fmt: skip
ANYTHING = (
    *NUMBERS, '"text"', '""', '"\\ud800"', '"\\u0000"', '"' + "x" * 5000 + '"', '"9999-12-31T23:59:59"',
    '"0001-01-01"', "[]", "{}", "null", "true", "[1e29]", "[null, {}]", '{"a": NaN}',
)  # fmt: skip
PAGES = (
    "/today", "/metrics", "/metrics/weight", "/activities", "/feed", "/sync", "/sync/waiting", "/permissions",
    "/settings",
)  # fmt: skip
DAY_SECONDS = 24 * 3600


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AppFixture]:
    with prepared(tmp_path, used, 3) as made:
        yield made


def spoilt(value: Any, dice: random.Random, share: float, absurd: tuple[str, ...]) -> Any:
    """A share of what is inside becomes marks, which stand for one of `absurd`; of numbers only, where all are."""
    if isinstance(value, dict):
        return {key: spoilt(one, dice, share, absurd) for key, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one, dice, share, absurd) for one in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if dice.random() < share and (is_number or absurd is not NUMBERS):
        return f"@@{dice.randrange(len(absurd))}@@"
    return value


def lies(home: AppFixture, dice: random.Random, share: float, absurd: tuple[str, ...], path: str = "") -> None:
    """From now on every answer comes spoilt."""
    with home.context.transport("") as service:
        inner = service

    def answer(request: Request) -> Response | None:
        if path not in request.url:
            return None
        response = inner(request)
        if response.status >= 300 or not response.body:
            return response
        text = json.dumps(spoilt(json.loads(response.body), dice, share, absurd))
        body = re.sub(r'"@@(\d+)@@"', lambda mark: absurd[int(mark[1])], text)
        return evolve(response, body=body.encode())

    between(home, answer)


def look_everywhere(home: AppFixture, owner: Browser, dice: random.Random) -> None:
    """Asks everything there is to ask, and opens every page that shows an answer."""
    for ask in (examine.examine, feed.read):
        _refused_at_most(partial(ask, home.context))
    _refused_at_most(home.sync)
    shown = home.context.read(feed.page).lines
    some = dice.sample(shown, min(3, len(shown)))
    for line in some:
        _refused_at_most(partial(thumbnails.row_extras, home.context, line.id))
        _refused_at_most(partial(athlete.fetch_person, home.context, line.other))
    pages = [*PAGES, *(f"/activities/{one.id}{part}" for one in some for part in ("", "/body", "/comments"))]
    pages += [f"/feed?athlete={one.other}" for one in some]
    assert {page: code for page in pages if (code := owner.get(page).status_code) == 500} == {}


def _refused_at_most(ask: Callable[[], object]) -> None:
    with suppress(CompanionError):
        ask()


SHARES = [pytest.param(0.003, marks=pytest.mark.soak), 0.03, pytest.param(0.3, marks=pytest.mark.soak)]


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("absurd", [NUMBERS, ANYTHING], ids=["numbers", "anything"])
def test_no_page_fails_whatever_is_answered_and_a_day_later_all_is_well(
    home: AppFixture, share: float, absurd: tuple[str, ...]
) -> None:
    dice = random.Random(f"{share} {absurd is NUMBERS}")
    honest = home.context
    with browser(home) as owner:
        owner.let_in()
        lies(home, dice, share, absurd)
        object.__setattr__(owner.web, "context", home.context)
        look_everywhere(home, owner, dice)
        home.context = honest
        object.__setattr__(owner.web, "context", honest)
        home.clock.wait(DAY_SECONDS + 3600)
        examine.examine(honest)
        assert feed.read(honest).problems == []
        assert home.sync().outcome.error is None
        assert {page: owner.get(page).status_code for page in PAGES} == dict.fromkeys(PAGES, 200)


QUICK = ("1e29", "NaN", "1e400", "-5e14")


@pytest.mark.parametrize(
    "number", [one if one in QUICK else pytest.param(one, marks=pytest.mark.soak, id=one[:9]) for one in NUMBERS]
)
def test_one_absurd_number_of_a_friend_spoils_one_line(home: AppFixture, number: str) -> None:
    """All numbers of one activity, wherever it is told."""
    before = lines(home)
    victim = before[0]
    honest = home.context

    def answer(request: Request) -> Response | None:
        with honest.transport("") as inner:
            if f"/athlete/{victim.other}/activities" not in request.url:
                return None
            response = inner(request)
        given = [
            {key: "@@" if isinstance(one, int | float) else one for key, one in record.items()}
            if record["id"] == victim.id
            else record
            for record in json.loads(response.body)
        ]
        return evolve(response, body=json.dumps(given).replace('"@@"', number).encode())

    between(home, answer)
    home.clock.wait(DAY_SECONDS + 3600)
    assert feed.read(home.context).problems == []
    told = {line.id: line for line in lines(home)}
    others = [line for line in before if line.id in told and line.id != victim.id]
    assert len(others) > 10
    assert [told[line.id] for line in others] == others
    assert (told[victim.id].title, told[victim.id] != victim) == (victim.title, True)

    home.context = honest
    home.clock.wait(DAY_SECONDS + 3600)
    assert feed.read(home.context).problems == []
    assert {line.id: line for line in lines(home)}[victim.id] == victim
