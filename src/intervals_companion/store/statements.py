"""What an export says without words, written out.

A day on which an export says what the one before it said is not written again, and one that it does not hold at all has
no rows to write. Both have to be said where an export is to retire something, to wait, to stand alone or to go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection

from intervals_companion.store import versions
from intervals_companion.store.versions import EXPORT, State, Version, Window, said_at


def say_nothing(connection: Connection, athlete: int, kind: str, window: Window, holds: Callable[[int], bool]) -> None:
    """On days of its window that exports before it knew and it does not hold, it says that there is nothing."""
    source = window.source
    chain = versions.chain(versions.windows(connection, athlete, kind, {source}), window.layer)
    known = known_days(connection, athlete, kind, window)
    for part in versions.parts(sorted(day for day in known if not holds(day))):
        found = versions.of_days(connection, athlete, kind, source, part)
        before = {day: said_at(found.get(day, ()), chain, window.written, window.import_id) for day in part}
        nothing = versions.version_of(window.import_id, window.written, [])
        silent = {day: nothing for day, one in before.items() if one is not None and one.hash}
        versions.put(connection, athlete, kind, source, silent)


def days_at_stake(
    connection: Connection, athlete: int, kind: str, window: Window, holds: Callable[[int], bool]
) -> set[int]:
    """The UTC days on which more than one said something, or this export says something new or nothing."""
    own = versions.days_of_import(connection, athlete, kind, window.source, window.import_id).keys()
    if window.state is not State.COMPLETE:
        return set(own)
    between = athlete, kind, window.source, window.first, window.last
    unsaid = {day for day in versions.days_held(connection, *between) if not holds(day)}
    return {*versions.days_beside(connection, *between), *own, *unsaid}


def repeat(
    connection: Connection, athlete: int, kind: str, source: str, import_id: int, written: int, days: Sequence[int]
) -> None:
    """Writes down also what it says in the words of the export before it, on the days that it holds."""
    chain = versions.chain(versions.windows(connection, athlete, kind, {source}), EXPORT)
    for part in versions.parts(days):
        found = versions.of_days(connection, athlete, kind, source, part)
        said: dict[int, Version] = {}
        for day in part:
            own = any(one.import_id == import_id for one in found.get(day, ()))
            before = said_at(found.get(day, ()), chain, written, import_id)
            if not own and before is not None and before.hash:
                said[day] = before._replace(import_id=import_id, spoken=written)
        versions.put(connection, athlete, kind, source, said)


def keep_later(connection: Connection, athlete: int, kind: str, window: Window, days: Collection[int]) -> None:
    """Before an export comes between two others, or goes: what the one after it said by silence, that one says in words
    of its own from now on.
    """
    source = window.source
    chain = versions.chain(versions.windows(connection, athlete, kind, {source}), window.layer)
    later = [one for one in chain.values() if (one.written, one.import_id) > (window.written, window.import_id)]
    if not later:
        return
    following = min(later, key=lambda one: (one.written, one.import_id))
    for part in versions.parts(sorted(days)):
        found = versions.of_days(connection, athlete, kind, source, part)
        said: dict[int, Version] = {}
        for day in part:
            if any(one.import_id == following.import_id for one in found.get(day, ())):
                continue
            before = said_at(found.get(day, ()), chain, following.written, following.import_id)
            words = versions.version_of(0, 0, []) if before is None else before
            said[day] = words._replace(import_id=following.import_id, spoken=following.written)
        versions.put(connection, athlete, kind, source, said)


def known_days(connection: Connection, athlete: int, kind: str, window: Window) -> set[int]:
    """The UTC days of its window of which anybody said something."""
    between = athlete, kind, window.source, window.first, window.last
    return versions.days_held(connection, *between) | versions.days_beside(connection, *between)
