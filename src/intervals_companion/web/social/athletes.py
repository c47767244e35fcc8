"""/athletes/<id>: another athlete, their weeks, and what they did lately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.scope import ReadScope
from intervals_companion.app.social import athlete, feed
from intervals_companion.app.social.athlete import Person
from intervals_companion.app.social.feed import Choice
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.social import visible
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.pages import formatter, page, page_without_scope, reading, render, scope, web_context
from intervals_companion.web.social import presenter
from intervals_companion.web.social.presenter import FeedRow


def one(request: Request) -> Response:
    """From what is kept; the profile and more weeks are fetched into it afterwards."""
    here = scope(request)
    found = athlete.person(here, request.path_params["id"])
    return render(request, "social/athlete.html", tab="friends", back=("/athletes", "Athletes"), **_told(here, found))


def body(request: Request) -> Response:
    """What is below the name, asked for where it is not known."""
    name, note = request.path_params["id"], ""
    try:
        athlete.fetch_person(web_context(request).context, name)
    except CompanionError as problem:
        note = f"{problem.cause} {problem.cure}"
    with reading(request) as here:
        values = _told(here, athlete.person(here, name))
        return render(request, "social/athlete_body.html", **values | {"note": note})


def _told(here: ReadScope, found: Person) -> dict[str, Any]:
    words = formatter(here)
    lately = feed.page(here, Choice(athlete=found.other.id))
    website = found.profile.website
    return {
        "person": found,
        "name": visible(found.other.name),
        "place": ", ".join(map(visible, found.profile.place)),
        "bio": visible(found.profile.bio),
        "website": website if urlsplit(website).scheme in ("http", "https") else "",
        "note": "",
        "weeks": [
            (words.days(week.first, week.first + timedelta(days=6)), presenter.week_row(found.other, week, words))
            for week in found.weeks
        ],
        "rows": [_without_name(row, words) for day in presenter.days(lately, words) for row in day.rows],
    }


def _without_name(row: FeedRow, words: Formatter) -> FeedRow:
    """The name stands above them all; the day takes its place."""
    return evolve(row, line=evolve(row.line, athlete_name=""), at=f"{words.day(row.line.day)}, {row.at}")


routes: list[BaseRoute] = [
    page("/athletes/{id}", one),
    page_without_scope("/athletes/{id}/body", body),
]
