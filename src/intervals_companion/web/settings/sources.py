"""Whose values count where several measured the same: the athlete's order, what a source is, and which are one."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.ingest import sources as service
from intervals_companion.app.ingest.sources import Kind, SourceLine, Wish
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.web.pages import (
    action,
    page,
    page_without_scope,
    reading,
    redirect,
    render,
    scope,
    web_context,
)
from intervals_companion.web.settings.access import BACK

_BACK_HERE = ("/settings/sources", "Sources")
_MOST_DAYS = 30
KINDS = {Kind.WATCH: "An Apple Watch", Kind.PHONE: "An iPhone", Kind.OTHER: "Another device or app"}


def front(request: Request) -> Response:
    return render(
        request, "settings/sources.html", tab="settings", back=BACK, sources=service.listed(scope(request))
    )  # fmt: skip


def move(request: Request, form: FormData) -> Response:
    context = web_context(request).context
    with reading(request) as here:
        found = service.listed(here)
    service.choose(context, service.moved(found, str(form.get("source", "")), form.get("way") == "up"))
    return redirect("/settings/sources")


def one(request: Request) -> Response:
    """What can be said of a source; with an answer in the address, what it would change."""
    with reading(request) as here:
        found = service.listed(here)
    asked = request.query_params
    line = _line(found, asked.get("source", ""))
    wish = _wish(line, found, asked.get("kind"), asked.get("same"))
    days = None if wish is None else service.preview(web_context(request).context, wish)
    with reading(request):
        return render(
            request, "settings/source.html", tab="settings", back=_BACK_HERE, one=line, kinds=KINDS,
            others=[other for other in found if other.key != line.key and not other.same_as],
            kind=asked.get("kind"), same=asked.get("same"), said=_said(found, asked.get("kind"), asked.get("same")),
            days=days, newest=(days or ())[-_MOST_DAYS:][::-1], more=max(0, len(days or ()) - _MOST_DAYS),
        )  # fmt: skip


def say(request: Request, form: FormData) -> Response:
    with reading(request) as here:
        found = service.listed(here)
    texts = {name: str(form[name]) for name in ("kind", "same") if name in form}
    wish = _wish(_line(found, str(form.get("source", ""))), found, texts.get("kind"), texts.get("same"))
    if wish is not None:
        service.choose(web_context(request).context, wish)
    return redirect("/settings/sources")


def _line(found: list[SourceLine], key: str) -> SourceLine:
    line = next((one for one in found if one.key == key), None)
    if line is None:
        raise NothingToShow("There is no such source.", "Open Sources in Settings to see those there are.")
    return line


def _wish(line: SourceLine, found: list[SourceLine], kind: str | None, same: str | None) -> Wish | None:
    """`kind` or `same` as the page sends them; "" takes back what was said."""
    if kind is not None:
        return service.of_kind(line.key, Kind(kind) if kind in set(Kind) else None)
    if same is not None:
        known = {one.key for one in found}
        return service.joined(line.key, same if same in known and same != line.key else None)
    return None


def _said(found: list[SourceLine], kind: str | None, same: str | None) -> str:
    if kind is not None:
        return KINDS[Kind(kind)] if kind in set(Kind) else "As Apple wrote it"
    name = next((one.name for one in found if one.key == same), "")
    return f"The same as {name}" if name else "One of its own"


routes: list[BaseRoute] = [
    page("/settings/sources", front),
    action("/settings/sources/move", move),
    page_without_scope("/settings/sources/one", one),
    action("/settings/sources/one", say),
]
