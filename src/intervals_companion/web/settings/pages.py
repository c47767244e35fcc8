"""Settings: who one is here, what may flow, who may look, and the pages behind each row."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion import __version__
from intervals_companion.app import sessions
from intervals_companion.app.account import api_key, sign_in
from intervals_companion.app.data import backup, erase
from intervals_companion.app.doctor import checkup
from intervals_companion.app.ingest import devices
from intervals_companion.app.preferences import choices
from intervals_companion.app.preferences.choices import SportSwitch
from intervals_companion.app.scope import ReadScope
from intervals_companion.doctor.intervals import ScopeState
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import local_day
from intervals_companion.domain.errors import CompanionError, UsageError
from intervals_companion.web.ingest import device_setup
from intervals_companion.web.pages import action, page, reading, redirect, render, scope, web_context
from intervals_companion.web.settings import access, archive, data, leave, sources
from intervals_companion.web.settings.access import BACK

_MOST_SHOWN = 20
"""Changes that a preview of another zone lists."""


def front(request: Request) -> Response:
    here = scope(request)
    since = sign_in.since(here)
    metrics = choices.metrics(here)
    return render(
        request, "settings/settings.html", tab="settings",
        since=None if since is None else local_day(since, here.zone),
        metrics=len(metrics), metrics_on=sum(one.on for one in metrics),
        sports_off=_sports_off(choices.sport_switches(here)), key=_key_words(here),
        zone=here.home_zone, devices=len(devices.devices(here)),
        browsers=len(sessions.browsers(here)), megabytes=backup.stored_bytes(here.context) / 1e6,
        ways=erase.WAYS.values(), version=__version__,
    )  # fmt: skip


def _sports_off(switches: list[SportSwitch]) -> str:
    off = [one.words for one in switches if not one.on]
    return "all on" if not off else f"{off[0]} off" if len(off) == 1 else f"{len(off)} off"


def _key_words(here: ReadScope) -> str:
    return api_key.masked(here) or ("none" if api_key.may_read(here) else "not read")


def account(request: Request) -> Response:
    here = scope(request)
    since = sign_in.since(here)
    owner = sign_in.anybody(here)
    return render(
        request, "settings/account.html", tab="settings", back=BACK, owner=owner,
        scopes=checkup.matrix(here), ScopeState=ScopeState,
        since=None if since is None else local_day(since, here.zone),
    )  # fmt: skip


# --- what may flow ---------------------------------------------------------------------------------------------------


def metrics(request: Request) -> Response:
    switches = choices.metrics(scope(request))
    return render(request, "settings/metrics.html", tab="settings", back=BACK, switches=switches)


def turn_metrics(request: Request, form: FormData) -> Response:
    choices.turn_metrics(web_context(request).context, _texts(form, "on"))
    return redirect("/settings")


def sports(request: Request) -> Response:
    here = scope(request)
    return render(
        request, "settings/sports.html", tab="settings", back=BACK, switches=choices.sport_switches(here),
        live=web_context(request).phone is not None, to_health=choices.settings(here).activities_to_health,
    )  # fmt: skip


def turn_sports(request: Request, form: FormData) -> Response:
    found = web_context(request)
    choices.turn_sports(found.context, _texts(form, "on"))
    if found.phone is not None:  # the row is drawn only where there is a Health store that can be written to
        choices.switch(found.context, "activities_to_health", "activities_to_health" in form)
    return redirect("/settings")


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


# --- the home zone ---------------------------------------------------------------------------------------------------


def zone(request: Request) -> Response:
    return _zone(request)


def _zone(request: Request, wrong: str = "", problem: CompanionError | None = None) -> Response:
    """The form; with what was typed and why it cannot be."""
    with reading(request) as here:
        return render(
            request, "settings/zone.html", status=400 if problem else 200, wrong=wrong, problem=problem,
            tab="settings", back=BACK, names=choices.zone_names(),
            zone=here.home_zone, overridden=choices.HOME_ZONE in here.context.settings.overridden,
        )  # fmt: skip


def preview_zone(request: Request, form: FormData) -> Response:
    context = web_context(request).context
    typed = str(form.get("zone", "")).strip()
    try:
        preview = choices.preview_zone(context, typed)
    except UsageError as problem:
        return _zone(request, typed, problem)
    with reading(request) as here:
        return render(
            request, "settings/zone_preview.html", tab="settings", back=("/settings/zone", "Home zone"),
            preview=preview, now=here.home_zone, newest=preview.changes[:_MOST_SHOWN],
            names={metric.field: metric.name for metric in catalogue.metrics()},
        )  # fmt: skip


def choose_zone(request: Request, form: FormData) -> Response:
    choices.choose_zone(web_context(request).context, str(form.get("zone", "")))
    return redirect("/settings/zone")


routes: list[BaseRoute] = [
    page("/settings", front),
    page("/settings/account", account),
    page("/settings/metrics", metrics),
    action("/settings/metrics", turn_metrics),
    page("/settings/sports", sports),
    action("/settings/sports", turn_sports),
    page("/settings/zone", zone),
    action("/settings/zone/preview", preview_zone),
    action("/settings/zone", choose_zone),
    *access.routes,
    *data.routes,
    *archive.routes,
    *sources.routes,
    *leave.routes,
    *device_setup.routes,
]
