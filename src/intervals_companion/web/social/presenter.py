"""The feed in words: its lines by day, the filters above them, how far it is read, and everybody's weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import urlencode

from attrs import evolve, frozen
from markupsafe import Markup

from intervals_companion.app.social.feed import Choice, Page
from intervals_companion.domain.days import monday
from intervals_companion.domain.remote_activity import Hidden
from intervals_companion.domain.social import FeedStatus, FollowedAthlete, Week, visible
from intervals_companion.domain.sports import spaced
from intervals_companion.domain.workout_view import Thumbnail
from intervals_companion.social.feed import Line
from intervals_companion.web.charts import thumbnails
from intervals_companion.web.charts.svg import icon, sport_icon
from intervals_companion.web.formatting import THIN, Formatter

_SPORTS = 5
"""Sports that stand side by side; the rest is in the menu."""
_TOGETHER = "\u00a0"


@frozen
class FeedRow:
    line: Line
    icon: Markup
    at: str
    """When it began, on their clock."""
    sub: str
    shape: Markup
    comments: int | None
    """None where nobody knows yet."""
    asks: bool
    """Whether something of it is still to be read once it is seen."""


@frozen
class Day:
    day: date
    heading: str
    count: str
    rows: list[FeedRow]


def days(page: Page, words: Formatter) -> list[Day]:
    return [
        Day(day, _heading(day, words), counted(len(rows), "activity", "activities"), rows)
        for day, rows in (
            (day, [_row(line, page, words) for line in lines])
            for day, lines in groupby(page.lines, key=lambda line: line.day)
        )
    ]


def counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _heading(day: date, words: Formatter) -> str:
    return "Today" if day == words.today else words.long_day(day)


def _row(line: Line, page: Page, words: Formatter) -> FeedRow:
    comments = page.talk.get(line.id) if line.talked else 0
    asks = line.hidden is None and (line.id not in page.thumbnails or comments is None)
    return evolve(row(line, words, page.thumbnails.get(line.id), comments), asks=asks)


def row(line: Line, words: Formatter, thumbnail: Thumbnail | None, comments: int | None) -> FeedRow:
    return FeedRow(
        line=evolve(line, athlete_name=visible(line.athlete_name), title=visible(line.title)),
        icon=icon("hidden") if line.hidden else sport_icon(line.type),
        at=words.clock(line.start),
        sub=", ".join(_sub(line, words)),
        shape=thumbnails.drawn(thumbnail),
        comments=comments,
        asks=False,
    )


def _sub(line: Line, words: Formatter) -> Iterator[str]:
    if line.hidden is Hidden.STRAVA:
        yield "counted in load"
    if line.distance:
        yield str(words.distance(line.distance, line.type))
    if line.moving:
        yield words.duration(line.moving).text
    if line.load:
        yield f"load{_TOGETHER}{words.number(line.load)}"


# --- the filters -----------------------------------------------------------------------------------------------------


@frozen
class Filter:
    words: str
    address: str
    chosen: bool


@frozen
class Menu:
    """Choices that are too many to stand side by side."""

    sports: list[Filter]
    athletes: list[Filter]
    chosen: str
    """In words; "" for none."""


def query(choice: Choice) -> str:
    """As `/feed` takes it; "" for everything."""
    asked = {"athlete": choice.athlete, "sport": choice.sport, "coached": "yes" if choice.coached else None}
    return urlencode({name: value for name, value in asked.items() if value})


def address(path: str, choice: Choice, **more: str) -> str:
    told = "&".join(part for part in (urlencode(more), query(choice)) if part)
    return f"{path}?{told}" if told else path


def filters(page: Page, choice: Choice) -> list[Filter]:
    """Everyone; those one coaches; and the sports that are done most."""
    found = [Filter("Everyone", "/feed", choice == Choice())]
    if any(other.coached for other in page.others):
        found.append(Filter("Coached", address("/feed", evolve(choice, coached=not choice.coached)), choice.coached))
    return found + [_sport(kind, choice) for kind in _sports(page)[:_SPORTS]]


def menu(page: Page, choice: Choice) -> Menu:
    rare = [_sport(kind, choice) for kind in _sports(page)[_SPORTS:]]
    people = [
        Filter(visible(other.name), address("/feed", evolve(choice, athlete=other.id)), other.id == choice.athlete)
        for other in page.others
        if other.shared
    ]
    chosen = [one.words for one in (*rare, *people) if one.chosen]
    return Menu(rare, people, ", ".join(chosen))


def _sports(page: Page) -> list[str]:
    """The commonest first."""
    return sorted(page.sports, key=lambda kind: (-page.sports[kind], kind))


def _sport(kind: str, choice: Choice) -> Filter:
    """Pressed again, it lets every sport in."""
    chosen = kind == choice.sport
    return Filter(spaced(kind), address("/feed", evolve(choice, sport=None if chosen else kind)), chosen)


# --- how far it is read ----------------------------------------------------------------------------------------------


def state(look: FeedStatus | None, words: Formatter, *, reading: bool, due: bool) -> str:
    if reading:
        under_way = look is not None and look.done < look.total
        return f"{look.done} of {look.total} read" if look is not None and under_way else "reading"
    if look is None or not look.asked:
        return "not read yet"
    return f"{'read' if due else 'up to date,'} {words.moment(look.asked)}"


def nothing(page: Page, choice: Choice, *, reading: bool) -> str:
    """Why there is no line."""
    if page.lines or page.look is None or reading:
        return ""
    if choice.athlete is not None and choice.athlete not in {other.id for other in page.others}:
        return "You do not follow this athlete, or not any more. Nothing of theirs is kept here."
    if choice != Choice():
        return "Nothing of that kind in the days that were read."
    return "Nobody did anything in the days that were read." if page.others else ""


# --- weeks -----------------------------------------------------------------------------------------------------------


@frozen
class WeekRow:
    other: FollowedAthlete
    fitness: str
    fatigue: str
    form: str
    hours: str
    distance: str
    load: str


@frozen
class WeekTable:
    first: date
    heading: str
    days: str
    rows: list[WeekRow]


def week_tables(found: Sequence[tuple[FollowedAthlete, Sequence[Week]]], words: Formatter) -> list[WeekTable]:
    """This week, the last one and the one before, as far as anybody's is known; newest first."""
    firsts = sorted({week.first for _, weeks in found for week in weeks}, reverse=True)
    return [_table(first, found, words) for first in firsts]


def last_week(found: Sequence[tuple[FollowedAthlete, Sequence[Week]]], words: Formatter, most: int) -> WeekTable:
    """Of those who come first, and did something known in it."""
    first = monday(words.today) - timedelta(days=7)
    there = [(other, weeks) for other, weeks in found if any(week.first == first for week in weeks)]
    return _table(first, there[:most], words)


_WEEKS = {0: "This week", 7: "Last week"}


def _table(first: date, found: Sequence[tuple[FollowedAthlete, Sequence[Week]]], words: Formatter) -> WeekTable:
    days = words.days(first, first + timedelta(days=6))
    return WeekTable(
        first,
        _WEEKS.get((monday(words.today) - first).days, days),
        days,
        [week_row(other, week, words) for other, weeks in found for week in weeks if week.first == first],
    )


def week_row(other: FollowedAthlete, week: Week, words: Formatter) -> WeekRow:
    return WeekRow(
        other=other,
        fitness=_number(week.fitness, words),
        fatigue=_number(week.fatigue, words),
        form=_form(week, words),
        hours=words.hours(week.seconds).text,
        distance=words.number(week.metres / words.split()),
        load=_number(week.load, words),
    )


def _number(value: float | None, words: Formatter) -> str:
    return "–" if value is None else words.number(value)


def _form(week: Week, words: Formatter) -> str:
    """As the athlete's setting says: absolute, or percent of fitness."""
    if week.form is None:
        return "–"
    if not words.preferences.form_as_percent:
        return words.signed(week.form)
    return f"{words.signed(100 * week.form / week.fitness)}{THIN}%" if week.fitness else "–"
