"""Permissions: what is missing on both sides, how to cure it, and the same as a page to read without signing in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from attrs import frozen
from markupsafe import Markup, escape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.account import api_key, custom_fields
from intervals_companion.app.doctor import checkup, diagnostics, examine
from intervals_companion.app.doctor.checkup import Checkup
from intervals_companion.doctor.checks import Check, Section, State
from intervals_companion.doctor.cures import WAYS, Act, Cure, Face, Link, Step, told
from intervals_companion.doctor.handbook import chapters
from intervals_companion.doctor.intervals import ScopeState
from intervals_companion.doctor.key import WARNING_OF_POWER
from intervals_companion.domain.days import local_day
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.web.charts import svg
from intervals_companion.web.formatting import Formatter
from intervals_companion.web.limits.threads import NETWORK
from intervals_companion.web.pages import action, page, reading, redirect, render, scope, web_context

_BACK = ("/settings", "Settings")
_BACK_HERE = ("/permissions", "Permissions")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@frozen
class ShownStep:
    text: Markup
    link: Link | None
    screen: str
    """Name of the drawing below it, "" without one."""
    target: str
    """What is to be pressed on that screen."""


def shown(steps: Iterable[Step]) -> list[ShownStep]:
    return [ShownStep(bold(_leading_on(step)), step.link, *_screen(step.drawing)) for step in steps]


def _leading_on(step: Step) -> str:
    """A sentence with its screen drawn below it ends with a colon."""
    return f"{step.text.removesuffix('.')}:" if step.drawing else step.text


def _screen(name: str) -> tuple[str, str]:
    screen, _, target = name.partition(":")
    return screen, target


def bold(text: str) -> Markup:
    """`**word**` is what the screen says."""
    return Markup(_BOLD.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704 - escaped first


# --- the page --------------------------------------------------------------------------------------------------------


def permissions(request: Request) -> Response:
    here = scope(request)
    found = checkup.stored(here)
    cured = request.query_params.get("cured")
    return render(
        request, "doctor/permissions.html", tab="permissions", back=_BACK, found=found, ScopeState=ScopeState,
        account_findings=_not_well(found, Section.INTERVALS), health_findings=_general(found),
        types=[row for row in found.types if row.last is not None],
        unseen=[row for row in found.types if row.last is None and row.check in found.checks],
        key=next(iter(found.of(Section.KEY)), None), key_steps=shown(_key_steps(found)),
        masked=api_key.masked(here), power=WARNING_OF_POWER,
        ways=[WAYS.get(channel, channel) for channel in found.ways],
        presence=svg.presence, seen=_seen, filled=_filled(found),
        cured=None if cured is None or found.check(cured) is None else found.check(cured),
    )  # fmt: skip


def _seen(words: Formatter, at: int) -> str:
    """`06:51` today, else the day alone."""
    day = local_day(at, words.preferences.zone)
    return words.time(at) if day == words.today else words.day(day)


def _not_well(found: Checkup, section: Section) -> list[Check]:
    return [check for check in found.of(section) if check.state is not State.OK]


def _general(found: Checkup) -> list[Check]:
    """Findings about Health as a whole: those of a type stand in its row."""
    rows = {row.check.id for row in found.types}
    return [check for check in _not_well(found, Section.HEALTH) if check.id not in rows]


def _key_steps(found: Checkup) -> tuple[Step, ...]:
    return tuple(step for check in _not_well(found, Section.KEY) for step in checkup.steps(check, Face.WEB))


def _filled(found: Checkup) -> str | None:
    """The finding whose button is the filled one: there is one in a view."""
    return next((check.id for check in (*found.blocked, *found.to_look_at) if check.section is not Section.KEY), None)


def check_again(request: Request, form: FormData) -> Response:
    """Asks Intervals.icu. From a cure's page it leads back there while the cure has not worked."""
    web = web_context(request)
    name = str(form.get("check", ""))
    with reading(request) as here:
        blocked = checkup.blocked_count(here)
    found = checkup.examine(web.context)
    if len(found.blocked) < blocked:
        web.jobs.after_cure()
    known = found.check(name)
    if known is None:
        return redirect("/permissions")
    return redirect(f"/permissions?cured={name}" if known.state is State.OK else f"/permissions/{name}?again=1")


def dismiss(request: Request, form: FormData) -> Response:
    checkup.dismiss(web_context(request).context, str(form.get("check", "")))
    return redirect("/permissions")


def undismiss(request: Request, form: FormData) -> Response:
    checkup.undismiss(web_context(request).context, str(form.get("check", "")))
    return redirect("/permissions")


def save_key(request: Request, form: FormData) -> Response:
    context = web_context(request).context
    api_key.save_key(context, str(form.get("key", "")))
    checkup.examine(context)
    return redirect("/permissions#key")


# --- a cure ----------------------------------------------------------------------------------------------------------


def cure(request: Request) -> Response:
    found = checkup.stored(scope(request))
    check = found.check(request.path_params["check"])
    if check is None and request.path_params["check"] == checkup.CUSTOM_FIELDS:
        return redirect("/permissions")  # the handbook leads here also where nothing is known of the fields
    if check is None:
        raise NothingToShow("Nothing here is called that.", "Look at all permissions: the page Permissions lists them.")
    return render(
        request, "doctor/cure.html", tab="permissions", back=_BACK_HERE, check=check, act=_act(check.cure),
        steps=shown(checkup.steps(check, Face.WEB)), scopes=found.matrix or checkup.asked_scopes(),
        ScopeState=ScopeState, again="again" in request.query_params, by_key=found.by_key,
        may_create=custom_fields.may_create_fields(scope(request)),
    )  # fmt: skip


def create_fields(request: Request, _: FormData) -> Response:
    """For a sign-in that may; another one is asked for anew: /sign-in/again."""
    web = web_context(request)
    examine.create_fields(web.context)
    web.jobs.after_cure()
    return redirect(_FIELDS)


_FIELDS = "/permissions/custom-fields"
_BUTTONS = (Act.LOG_OUT_AND_IN, Act.SIGN_IN, Act.FULL_LOGOUT, Act.CREATE_FIELDS)


def _act(cure: Cure) -> str:
    """The one thing the page's button does for the person, "" where there is nothing."""
    return next((act.name.lower() for act in _BUTTONS if act in cure), "")


# --- to read ---------------------------------------------------------------------------------------------------------


def handbook(request: Request) -> Response:
    """Open to all: no personal data. Whoever is let in keeps the way back."""
    inside: dict[str, Any] = {"tab": "permissions", "back": _BACK_HERE} if request.state.visitor else {}
    shown_chapters = [
        (chapter, [(topic, shown(told(topic.cure, Face.DOCUMENT))) for topic in chapter.topics])
        for chapter in chapters()
    ]
    return render(
        request,
        "doctor/help_permissions.html",
        chapters=shown_chapters,
        scopes=checkup.asked_scopes(),
        ScopeState=ScopeState,
        **inside,
    )


def download(request: Request) -> Response:
    """What a person may send to somebody who helps them."""
    report = diagnostics.report(scope(request))
    text = json.dumps(report, indent=2, ensure_ascii=False)
    headers = {"Content-Disposition": 'attachment; filename="companion-diagnostics.json"'}
    return Response(text, media_type="application/json", headers=headers)


routes: list[BaseRoute] = [
    page("/permissions", permissions),
    action("/permissions/check", check_again, threads=NETWORK),
    action("/permissions/dismiss", dismiss),
    action("/permissions/undismiss", undismiss),
    action("/permissions/key", save_key, threads=NETWORK),
    action(_FIELDS, create_fields, threads=NETWORK),
    page("/permissions/{check}", cure),
    page("/help/permissions", handbook, open_to_all=True),
    page("/diagnostics", download),
]
