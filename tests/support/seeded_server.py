"""A companion that has been used: four months of one athlete, signed in and synced; and every page there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intervals_companion.app.activities import workouts
from intervals_companion.app.ingest import exports
from intervals_companion.app.remote import activity
from intervals_companion.app.remote.activity_ref import activity_ref
from intervals_companion.app.social import athlete, comments, feed
from intervals_companion.app.sync import run
from intervals_sandbox.world.apple_export import write_export
from intervals_sandbox.world.life import DAYS
from support.live_server import SEED, TODAY, LiveServer, live_server


@contextmanager
def lived_in(folder: Path, *, days: int = DAYS, phone: bool = True, **world: Any) -> Iterator[LiveServer]:
    """`world`: see `live_server`."""
    export = folder / "export.zip"
    write_export(export, SEED, TODAY, days=days)
    with live_server(folder, export=export if phone else None, **world) as made:
        made.sign_in()
        exports.import_export(made.context, export)
        for _ in range(2):  # the second time what the workouts did to fitness is read
            run.sync(made.context, lambda _stage, _done, _of: None)
        feed.read(made.context)
        yield made


def _once(find: Callable[[LiveServer], str]) -> Callable[[LiveServer], str]:
    """Looked for when it is asked for first: the page stays where it is."""
    found: dict[Path, str] = {}

    def path(home: LiveServer) -> str:
        folder = home.context.settings.home
        if folder not in found:
            found[folder] = find(home)
        return found[folder]

    return path


@_once
def _ride(home: LiveServer) -> str:
    """The longest one with a route: the fullest page."""
    listed = home.context.read(workouts.workouts, lambda _stage, _done, _of: None)
    longest = max((one for one in listed if one.routes), key=lambda one: one.elapsed)
    return f"/activities/{longest.id}"


@_once
def _friends_ride(home: LiveServer) -> str:
    """The longest one of somebody else, with what is said about it."""
    shown = [one for one in home.context.read(feed.page, most=1000).lines if one.type == "Ride" and not one.hidden]
    longest = max(shown, key=lambda one: (one.talked, one.moving or 0))
    about = home.context.read(activity_ref, longest.id)
    activity.fetch(home.context, about)
    comments.read(home.context, about)
    return f"/activities/{longest.id}"


@_once
def _athlete(home: LiveServer) -> str:
    name = home.context.read(feed.page).lines[0].other
    athlete.fetch_person(home.context, name)
    return f"/athletes/{name}"


def _at(path: str) -> Callable[[LiveServer], str]:
    return lambda _: path


PAGES: Mapping[str, Callable[[LiveServer], str]] = {
    "today": _at("/today"),
    "metrics": _at("/metrics"),
    "a metric": _at("/metrics/hrvSDNN"),
    "activities": _at("/activities"),
    "an activity": _ride,
    "friends": _at("/feed"),
    "a friend activity": _friends_ride,
    "athletes": _at("/athletes"),
    "an athlete": _athlete,
    "sync": _at("/sync"),
    "a run": _at("/sync/runs/1"),
    "what was sent": _at("/sync/runs/1/sent"),
    "waiting": _at("/sync/waiting"),
    "permissions": _at("/permissions"),
    "help": _at("/help/permissions"),
    "connect": _at("/connect"),
    "upload": _at("/connect/export"),
    "Health Auto Export": _at("/connect/health-auto-export"),
    "Shortcut": _at("/connect/shortcut"),
    "settings": _at("/settings"),
    "account": _at("/settings/account"),
    "metrics on and off": _at("/settings/metrics"),
    "sports on and off": _at("/settings/sports"),
    "sources": _at("/settings/sources"),
    "home zone": _at("/settings/zone"),
    "browsers": _at("/settings/browsers"),
    "devices": _at("/settings/devices"),
    "API key": _at("/settings/key"),
    "data": _at("/settings/data"),
    "restoring": _at("/settings/data/restore"),
    "leaving": _at("/settings/leave/logout"),
    "sign-in": _at("/sign-in"),
    "simulated iPhone": _at("/phone"),
}
"""By name; the path where it is served."""
