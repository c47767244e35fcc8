"""Section 2: what arrives from Apple Health, type by type and way by way.

iOS never tells an app that reading was refused, so nothing here says "denied": a type is seen or it is not, and one
that used to come and no longer does is worth a look. Silence is measured to the last delivery by the way that brings a
type (for an export the moment it was written), never to today: a way that brings nothing at all is one finding, not
thirty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from attrs import field, frozen

from intervals_companion.doctor import cures
from intervals_companion.doctor.checks import Check, Section, State
from intervals_companion.doctor.health_types import NAMES, USED_TO_COME
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Direction, short_type
from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.samples import WORKOUT

SEEN_DAYS, WINDOW = 7, 60
"""A type is expected when it was seen on so many of so many days before its last sample."""
PATIENCE_DAYS = 3
GAPS = 3
"""It has stopped when it is silent for longer than both: some days, and some of its own median gaps."""
EXPORT_DAYS = 30
"""A single export says nothing about the next one; after so many days it is old."""
STRIP_DAYS = 30
DATA, SHEET = "health-data", "health-sheet"


@frozen
class Seen:
    """A Health type in the archive."""

    days: Mapping[int, int]
    """UTC day since the epoch -> samples, for the last `WINDOW` days up to the newest."""
    last: int
    """When the newest sample ended (ms)."""
    channels: frozenset[str] = frozenset()
    """The ways that bring what its sources record."""


@frozen
class Live:
    """What a store that can be asked says of a type."""

    asked: bool
    """Whether its permission sheet was shown; not what was answered."""
    may_write: bool | None = None
    """None where nothing is written."""


@frozen
class Arrivals:
    """Everything known about what comes from Health."""

    seen: Mapping[str, Seen]
    """By full identifier."""
    deliveries: Mapping[str, Sequence[int]]
    """Channel -> when the phone wrote each delivery (ms), ascending; one a day is enough."""
    now: int
    fields_on: frozenset[str]
    live: Mapping[str, Live] = field(factory=dict)
    """Empty where Health itself cannot be asked."""
    writes: Collection[str] = ()
    """Types the companion wants to write to."""
    vanished: Collection[str] = ()
    """Types of whose last days a live store was asked once more: the archive has samples, it shows none and told of no
    deletion.
    """

    def last_delivery(self, channels: Collection[str]) -> int | None:
        return max((self.deliveries[channel][-1] for channel in channels if self.deliveries.get(channel)), default=None)


# --- a type ----------------------------------------------------------------------------------------------------------


@frozen
class TypeRow:
    """One Health type as the page shows it."""

    identifier: str
    name: str
    check: Check
    last: int | None
    """ms"""
    presence: tuple[bool, ...]
    """The last `STRIP_DAYS` UTC days up to the newest delivery, oldest first."""
    week: int
    month: int
    """Samples of the last 7 and 30 of these days."""
    asked: bool | None
    """None where the way cannot tell."""
    may_write: bool | None
    """None: a dash; nothing is written, or the way cannot."""


def rows(arrivals: Arrivals) -> tuple[TypeRow, ...]:
    """Those seen, in the order of the catalogue; then those never seen."""
    wanted = _wanted(arrivals.fields_on)
    order = sorted(wanted, key=lambda identifier: identifier not in arrivals.seen)
    days = [day for seen in arrivals.seen.values() for day in seen.days]
    newest = arrivals.last_delivery(arrivals.deliveries)
    end = max([*days, utc_day(arrivals.now if newest is None else newest)])
    return tuple(_row(identifier, wanted[identifier], arrivals, end) for identifier in order)


def _wanted(fields_on: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Every type that some field in use is made of, with the names of those fields; workouts last."""
    types = {
        identifier: tuple(metric.name for metric in metrics if metric.field in fields_on)
        for identifier, metrics in catalogue.health_types().items()
    }
    return {identifier: names for identifier, names in types.items() if names} | {WORKOUT: ("Workouts",)}


def _row(identifier: str, fields: Sequence[str], arrivals: Arrivals, end: int) -> TypeRow:
    seen, live = arrivals.seen.get(identifier), arrivals.live.get(identifier)
    days = {} if seen is None else seen.days
    counts = [days.get(day, 0) for day in range(end - STRIP_DAYS + 1, end + 1)]
    return TypeRow(
        identifier=identifier,
        name=name(identifier),
        check=_type(identifier, fields, arrivals),
        last=None if seen is None else seen.last,
        presence=tuple(count > 0 for count in counts),
        week=sum(counts[-7:]),
        month=sum(counts),
        asked=None if live is None else live.asked,
        may_write=None if live is None or identifier not in arrivals.writes else live.may_write,
    )


def name(identifier: str) -> str:
    """What iOS calls the type."""
    return NAMES.get(identifier) or short_type(identifier)


def expected(seen: Seen) -> bool:
    """Whether it used to come: its field is on (or it would not be asked about), and it was seen often enough."""
    newest = max(seen.days, default=0)
    return sum(newest - WINDOW < day <= newest for day in seen.days) >= SEEN_DAYS


def patience(seen: Seen) -> float:
    """Days of silence that are nothing unusual for this type."""
    gaps = [later - earlier for earlier, later in pairwise(sorted(seen.days))]
    return max(PATIENCE_DAYS, GAPS * median(gaps)) if gaps else PATIENCE_DAYS


def silence(seen: Seen, arrivals: Arrivals) -> float:
    """Days between the newest sample and the last delivery by the way that brings it."""
    delivered = arrivals.last_delivery(seen.channels)
    return 0.0 if delivered is None else max(0.0, (delivered - seen.last) / MS_PER_DAY)


NO_DATA = "No data seen. Permission may be off, or nothing recorded it."


def _type(identifier: str, fields: Sequence[str], arrivals: Arrivals) -> Check:
    seen = arrivals.seen.get(identifier)
    channel = _channel(seen, arrivals)

    def found(state: State, cause: str, blocks: str = "", cure: cures.Cure = (), said: str = "") -> Check:
        title = name(identifier) + said
        return Check(f"health-{short_type(identifier)}", Section.HEALTH, state, title, cause, blocks, cure)

    not_made = f"{', '.join(fields)} cannot be made"
    cure = (cures.Step(_LOOK.format(name(identifier))), *cures.health(channel))
    if seen is None:
        return found(State.UNKNOWN, NO_DATA, not_made, cure, ": no data seen")
    if identifier in arrivals.vanished:
        gone = "Health no longer shows it; reading may be off."
        return found(State.WARNING, gone, not_made, cure, ": not shown any more")
    quiet = silence(seen, arrivals)
    if expected(seen) and quiet > patience(seen):
        days = int(quiet)
        said = f"Stopped {days} {'day' if days == 1 else 'days'} ago. It used to come {_rhythm(identifier, seen)}."
        return found(State.WARNING, said, not_made, cure, " stopped")
    return found(State.OK, "Arrives.")


_LOOK = (
    "On the iPhone open **Health**, **Browse**, and look for **{}**. Where nothing new is shown, what used to "
    "record it has stopped; otherwise go on."
)
_NOT_WRITTEN = {
    WORKOUT: "Activities from Intervals.icu are not added to Health.",
    **{
        metric.types[0]: f"{metric.name} from Intervals.icu is not added to Health."
        for metric in catalogue.metrics()
        if metric.direction is Direction.BOTH and metric.writable
    },
}
"""What a refused write keeps out of Health, by type."""


def _rhythm(identifier: str, seen: Seen) -> str:
    gap = patience(seen) / GAPS
    if gap <= 1:
        return USED_TO_COME.get(identifier, "every day")
    return f"about every {round(gap)} days"


def _channel(seen: Seen | None, arrivals: Arrivals) -> str | None:
    """The way whose cure fits: the one that delivered last of those that bring the type, else of all."""
    channels = [
        channel
        for channel in (arrivals.deliveries if seen is None else seen.channels)
        if arrivals.deliveries.get(channel)
    ]
    return max(channels, key=lambda channel: arrivals.deliveries[channel][-1], default=None)


# --- a way -----------------------------------------------------------------------------------------------------------


def ways(arrivals: Arrivals) -> Iterator[Check]:
    """One finding for each way that has fallen silent."""
    newest = arrivals.last_delivery(arrivals.deliveries)
    for channel, deliveries in arrivals.deliveries.items():
        if not deliveries or (channel == "export" and deliveries[-1] != newest):
            continue
        quiet = (arrivals.now - deliveries[-1]) / MS_PER_DAY
        silent = quiet > _way_patience(channel, deliveries)
        words = cures.WAYS.get(channel, channel)
        said = f"{words}: nothing has come for {int(quiet)} days." if silent else f"{words}: in use."
        yield Check(
            f"way-{channel}", Section.HEALTH, State.WARNING if silent else State.OK, f"Wake {words}", said,
            "nothing newer arrives this way" if silent else "", cures.silent(channel) if silent else (),
        )  # fmt: skip


def _way_patience(channel: str, deliveries: Sequence[int]) -> float:
    days = sorted({utc_day(written) for written in deliveries})
    gaps = [later - earlier for earlier, later in pairwise(days)]
    least = EXPORT_DAYS if channel == "export" else PATIENCE_DAYS
    return max(least, GAPS * median(gaps)) if gaps else least


def sheet(arrivals: Arrivals) -> Iterator[Check]:
    """One finding for all types that a phone at hand was never asked for."""
    waiting = sum(1 for live in arrivals.live.values() if not live.asked)
    if waiting:
        said = f"Not asked yet for {waiting} {'type' if waiting == 1 else 'types'}. "
        yield Check(
            SHEET, Section.HEALTH, State.WARNING, "Answer the permission sheet",
            f"{said}The iPhone shows its permission sheet when the companion is opened there.",
            "nothing is read from this iPhone by itself", cures.SHEET,
        )  # fmt: skip


def refused_writes(arrivals: Arrivals) -> Iterator[Check]:
    """A finding of its own for each type that may not be written, whatever is seen of it."""
    for identifier in sorted(arrivals.writes):
        live = arrivals.live.get(identifier)
        if live is not None and live.may_write is False:
            yield Check(
                f"health-{short_type(identifier)}-write", Section.HEALTH, State.WARNING,
                f"Turn on Write for {name(identifier)}", f"Write is off. {_NOT_WRITTEN[identifier]}", "", cures.WRITE,
            )  # fmt: skip


# --- all of it -------------------------------------------------------------------------------------------------------


def examine(arrivals: Arrivals, types: Sequence[TypeRow]) -> list[Check]:
    """`types`: what `rows` made of the same arrivals."""
    if not arrivals.seen:
        nothing = Check(
            DATA, Section.HEALTH, State.WARNING, "Bring your health data",
            "Nothing has arrived from Apple Health yet.", "there is nothing to send", cures.health("export"),
        )  # fmt: skip
        return [nothing, *refused_writes(arrivals)]
    arrived = Check(
        DATA, Section.HEALTH, State.OK, "Health data", f"{len(arrivals.seen)} types arrive from Apple Health."
    )
    return [
        arrived, *sheet(arrivals), *ways(arrivals), *refused_writes(arrivals), *(row.check for row in types)
    ]  # fmt: skip
