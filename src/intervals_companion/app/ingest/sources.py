"""Who wrote what Health holds, and who counts where several measured the same."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from intervals_companion.app.scope import ReadScope
from intervals_companion.doctor.cures import WAYS
from intervals_companion.domain.days import local_day, utc_day
from intervals_companion.domain.samples import Device
from intervals_companion.store import queries

_DEVICES = {Device.WATCH: "Apple Watch", Device.PHONE: "iPhone", Device.OTHER: "another app or device"}


@frozen
class SourceLine:
    """A source as a person knows it, best first: where several count the same steps, the first of them counts."""

    name: str
    device: str
    ways: tuple[str, ...]
    """In words: what it came by."""
    types: int
    samples: int
    last: date


def listed(here: ReadScope) -> list[SourceLine]:
    """Every source that has samples; within a kind of device the one with most samples first."""
    where = here.zone
    known = queries.written_by(here.connection, here.athlete, utc_day(here.now))
    ranked = sorted(known, key=lambda one: (one.source.device, -one.samples, one.source.key))
    return [
        SourceLine(
            name=one.source.name,
            device=_DEVICES[one.source.device],
            ways=tuple(WAYS.get(channel, channel) for channel in sorted(one.channels)),
            types=one.types,
            samples=one.samples,
            last=local_day(one.last, where),
        )
        for one in ranked
    ]
