"""Access: browsers, phones, and the API key."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app import sessions
from intervals_companion.app.account import api_key, sign_in
from intervals_companion.app.ingest import devices as ingest_devices
from intervals_companion.app.ingest.device_setup import NAMES
from intervals_companion.app.preferences import choices
from intervals_companion.domain.errors import UsageError
from intervals_companion.web.limits.threads import NETWORK
from intervals_companion.web.pages import (
    action,
    cookie_name,
    page,
    reading,
    redirect,
    render,
    scope,
    visitor,
    web_context,
)

BACK = ("/settings", "Settings")
_DAY = 86_400_000


# --- browsers --------------------------------------------------------------------------------------------------------


def browsers(request: Request) -> Response:
    return _browsers(request, link=None)


def _browsers(request: Request, link: str | None) -> Response:
    found = web_context(request)
    with reading(request) as here:
        return render(
            request, "settings/browsers.html", tab="settings", back=BACK, link=link, local=found.local,
            browsers=sessions.browsers(here, visitor(request).session), idle_days=sessions.IDLE // _DAY,
        )  # fmt: skip


def add_browser(request: Request, _: FormData) -> Response:
    """The link is on this page and nowhere else."""
    found = web_context(request)
    return _browsers(request, sessions.new_link(found.context, found.public_url))


def end_browser(request: Request, form: FormData) -> Response:
    try:
        session = bytes.fromhex(str(form.get("browser", "")))
    except ValueError as problem:
        raise UsageError("There is no such browser.", "Reload the page: it may be signed out already.") from problem
    sessions.end_browser(web_context(request).context, session)
    return redirect("/settings/browsers")


def end_all(request: Request, _: FormData) -> Response:
    sessions.end_all(web_context(request).context)
    return forgotten(request, redirect("/sign-in"))


def forgotten(request: Request, response: Response) -> Response:
    """A response after which the browser keeps nothing of ours.

    The cookie goes by name: to clear all of them would reach every program on this host, whatever its port.
    """
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(
        cookie_name(request), path="/", secure=web_context(request).secure, httponly=True, samesite="lax"
    )
    return response


# --- phones ----------------------------------------------------------------------------------------------------------


def devices(request: Request) -> Response:
    found = ingest_devices.devices(scope(request))
    return render(request, "settings/devices.html", tab="settings", back=BACK, devices=found, ways=NAMES)


def revoke(request: Request, form: FormData) -> Response:
    ingest_devices.revoke(web_context(request).context, str(form.get("device", "")))
    return redirect("/settings/devices")


# --- the API key -----------------------------------------------------------------------------------------------------


def key(request: Request) -> Response:
    here = scope(request)
    owner = sign_in.anybody(here)
    return render(
        request, "settings/key.html", tab="settings", back=BACK, masked=api_key.masked(here),
        read=api_key.may_read(here), by_key=owner is not None and owner.by == sign_in.KEY, bound=owner is not None,
    )  # fmt: skip


def save_key(request: Request, form: FormData) -> Response:
    api_key.save_key(web_context(request).context, str(form.get("key", "")))
    return redirect("/settings/key")


def delete_key(request: Request, _: FormData) -> Response:
    api_key.delete_key(web_context(request).context)
    return redirect("/settings/key")


def read_key(request: Request, _: FormData) -> Response:
    choices.switch(web_context(request).context, "read_key", True)
    return redirect("/settings/key")


routes: list[BaseRoute] = [
    page("/settings/browsers", browsers),
    action("/settings/browsers/add", add_browser),
    action("/settings/browsers/end", end_browser),
    action("/settings/browsers/end-all", end_all),
    page("/settings/devices", devices),
    action("/settings/devices/revoke", revoke),
    page("/settings/key", key),
    action("/settings/key", save_key, threads=NETWORK),
    action("/settings/key/forget", delete_key),
    action("/settings/key/read", read_key),
]
