"""What a person may hand to somebody who helps them: versions, findings and counts. Nothing that is theirs.

Only what is listed here goes in: names of checks, Health types, ways and reasons, counts, and moments. No text that
came from Intervals.icu or from Health is ever copied.
"""

from __future__ import annotations

import platform
import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from intervals_companion import __version__
from intervals_companion.app.doctor import checkup
from intervals_companion.app.preferences import choices
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.catalogue import short_type
from intervals_companion.store import ledger, runs, schema

HOLDS = (
    "Versions, what the doctor found, on how many days each Health type was seen, the last runs in numbers, and the "
    "reasons why something was held. No token, no key, no health value, no place, no name."
)
_RUNS = 20
_COUNTS = ("values", "days", "workouts", "written", "linked", "held", "failed", "left", "requests")
"""Of a run's account; the words of what ended it stay here."""


def report(here: ReadScope) -> dict[str, Any]:
    """JSON."""
    found = checkup.stored(here)
    settings = choices.settings(here)
    latest = runs.latest(here.connection, here.athlete, _RUNS)
    held = ledger.held(here.connection, here.athlete)
    return {
        "holds": HOLDS,
        "made": _moment(here.now),
        "versions": {
            "companion": __version__,
            "store": schema.REVISION,
            "python": ".".join(map(str, sys.version_info[:3])),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "settings": {
            "own_oauth_client": settings.client_id is not None,
            "by_key": found.by_key,
            "metrics_on": sorted(settings.metrics_on),
            "metrics_off": sorted(settings.metrics_off),
            "sports_off": sorted(settings.sports_off),
        },
        "examined": _moment(found.examined),
        "checks": [{"id": check.id, "state": check.state} for check in (*found.checks, *found.dismissed)],
        "dismissed": [check.id for check in found.dismissed],
        "boxes": {row.area: {"read": row.read, "update": row.update} for row in found.matrix},
        "ways": list(found.ways),
        "delivered": _moment(found.delivered),
        "types": {short_type(row.identifier): sum(row.presence) for row in found.types},
        "runs": [
            {"run": run.run, "state": run.state, "started": _moment(run.started), "finished": _moment(run.finished)}
            | {name: run.account[name] for name in _COUNTS if name in run.account}
            for run in latest
        ],
        "held": dict(Counter(one.reason for one in held)),
    }


def _moment(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")
