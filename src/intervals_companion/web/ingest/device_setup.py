"""Setting up a phone that sends by itself: exact values to copy, and a live word when the first data is here."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.ingest import device_setup, devices
from intervals_companion.app.ingest.devices import AUTO_EXPORT, SHORTCUTS, NewDevice
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.web.context import WebContext
from intervals_companion.web.pages import action, page, reading, render, scope, web_context

_TEMPLATES = {AUTO_EXPORT: "ingest/auto_export.html", SHORTCUTS: "ingest/shortcut.html"}
_BACK = ("/connect", "Health data")
PATHS = {AUTO_EXPORT: "/connect/health-auto-export", SHORTCUTS: "/connect/shortcut"}


def _show(request: Request, channel: str, new: NewDevice | None = None) -> Response:
    """The token stands on the page that made it, and on no other."""
    found = web_context(request)
    with reading(request) as here:
        known = [one for one in devices.devices(here) if one.channel == channel]
    device = next((one for one in known if new is not None and one.device == new.device), None)
    automations = [
        (one, device_setup.deep_link(one, found.public_url, new.token) if new else "")
        for one in device_setup.AUTOMATIONS
    ]
    return render(
        request, _TEMPLATES[channel], tab="settings", back=_BACK, path=PATHS[channel], local=found.local,
        secure=found.secure, known=known, device=device, address=device_setup.push_address(found.public_url, channel),
        authorization=device_setup.authorization(new.token) if new else "", header=device_setup.HEADER,
        automations=automations, body=device_setup.SHORTCUT_BODY, dates=device_setup.SHORTCUT_DATES,
    )  # fmt: skip


def _page(channel: str) -> Callable[[Request], Response]:
    return lambda request: _show(request, channel)


def _add(channel: str) -> Callable[[Request, FormData], Response]:
    def add(request: Request, form: FormData) -> Response:
        return _show(
            request, channel, devices.add_device(web_context(request).context, channel, str(form.get("name", "")))
        )

    return add


def received(request: Request) -> Response:
    """A piece of a page, asked for every few seconds until something came."""
    wanted = request.path_params["device"]
    device = next((one for one in devices.devices(scope(request)) if one.device == wanted), None)
    if device is None:
        raise NothingToShow("This device was removed.", "Add it again to make new values.")
    return render(request, "ingest/set_up_received.html", device=device)


def remote(request: Request) -> Response:
    found = web_context(request)
    return render(
        request, "ingest/help_remote.html", tab="settings" if request.state.visitor else "", address=found.public_url,
        local=found.local, back=_BACK if request.state.visitor else None, proxy=_PROXY.format(_port(found)),
    )  # fmt: skip


_PROXY = "companion.example.org {{\n  reverse_proxy localhost:{}\n}}"
_USUAL_PORT = 8787


def _port(found: WebContext) -> int:
    """Where this process listens, as far as its address tells."""
    return (urlsplit(found.public_url).port if found.local else None) or _USUAL_PORT


routes: list[BaseRoute] = [
    *(page(path, _page(channel)) for channel, path in PATHS.items()),
    *(action(path, _add(channel)) for channel, path in PATHS.items()),
    page("/connect/received/{device}", received),
    page("/help/remote", remote, open_to_all=True),
]
