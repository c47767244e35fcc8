"""What the page of an activity shows below its head: part of the page, or fetched into it later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intervals_companion.app.activities.detail import Detail
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.web.activities import presenter
from intervals_companion.web.activities.intervals import intervals
from intervals_companion.web.activities.time_in_zones import zones
from intervals_companion.web.charts import streams
from intervals_companion.web.formatting import Formatter


def body(
    found: Detail, words: Formatter, *, streams_url: str, intervals_url: str | None, note: str = ""
) -> dict[str, Any]:
    """What `activities/body.html` needs.

    `streams_url`: where the charts get what they draw (`streams.data` as JSON). `intervals_url`: the same activity at
    Intervals.icu. `note`: what is said above it.
    """
    view, sport = found.view, found.entry.type
    panels = streams.panels(view, sport, words)
    efforts = intervals(view, sport, words)
    return {
        "figures": presenter.figures(found, words),
        "note": note,
        "panels": panels,
        "plot": streams.plot_seconds(view),
        "streams_url": streams_url,
        "intervals": efforts,
        "laps": None if efforts else streams.table(view.laps, sport, words, "Lap"),
        "splits": streams.splits(view, sport, words),
        "most": _MOST_SPLITS,
        "zones": zones(view, found.remote, sport, words),
        "route": streams.route_of(view, found.entry.title, words),
        "origins": list(_origins(found)),
        "intervals_url": intervals_url,
    }


_MOST_SPLITS = 12
"""Splits that are shown at once: below them others are waiting to be heard."""
_HOW = {
    "uploaded": "Uploaded from here",
    "external_id": "Found at Intervals.icu by its mark",
    "matched": "Found at Intervals.icu by start, length and sport",
}
_SOURCES = {
    "UPLOAD": "uploaded as a file",
    "MANUAL": "entered by hand",
    "GARMIN_CONNECT": "through Garmin Connect",
    "OAUTH_CLIENT": "through an app",
    "DROPBOX": "through Dropbox",
    "POLAR": "through Polar",
    "SUUNTO": "through Suunto",
    "COROS": "through Coros",
    "WAHOO": "through Wahoo",
    "ZWIFT": "through Zwift",
    "ZEPP": "through Zepp",
    "CONCEPT2": "through Concept2",
    "HUAWEI": "through Huawei",
    "STRAVA": "through Strava",
}


def _origins(found: Detail) -> Iterator[tuple[str, str, str]]:
    """Where it came from and where it went: words, more words, and a link."""
    names = found.view.bins.means.keys() - {"longitude"}
    count = f"{len(names)} {'stream' if len(names) == 1 else 'streams'}" if names else ""
    if found.source is not None:
        yield f"{found.source}, through Health", count or "no streams", ""
    if found.linked is not None:
        how, run = found.linked
        yield _HOW[how], f"Run {run}", f"/sync/runs/{run}"
    elif found.source is None:
        yield _device(found.remote) or "Only at Intervals.icu", count, ""
    if more := found.view.more:
        yield "Also recorded", ", ".join(name.replace("_", " ") for name in more), ""


def _device(remote: RemoteActivity | None) -> str:
    """`Garmin Edge 540, through Garmin Connect`; "" where nothing is known."""
    if remote is None:
        return ""
    by_app = remote.source == "OAUTH_CLIENT" and remote.app is not None
    way = f"through {remote.app}" if by_app else _SOURCES.get(remote.source or "", "")
    told = ", ".join(part for part in (remote.device, way) if part)
    return told[:1].upper() + told[1:]
