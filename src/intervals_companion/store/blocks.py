"""What counts, made of what was said: the block of a type, a source and a day out of its statements.

`renew` is the only way: `layers.merged` of all that deliveries said of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import define, field
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)

from intervals_companion.derive.timeline import Spans
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import LONGEST_SPAN, UNKNOWN_INSTANT, Row
from intervals_companion.store import archive, codec, layers, schema, sqlite, versions
from intervals_companion.store.layers import ALWAYS, Statement
from intervals_companion.store.versions import (
    CONTENT,
    EXPORT,
    LIVE,
    PINNED,
    Block,
    Series,
    State,
    Version,
    Window,
    of_series,
    parts,
    said_at,
)


def stretch(start: int, end: int) -> tuple[int, int]:
    """Of samples; what claims more than anything lasts is cut."""
    return start, min(end, start + LONGEST_SPAN)


@define
class Renewed:
    """What became of blocks."""

    new: int = 0
    """Samples that count now and did not."""
    gone: int = 0
    """Samples that counted and do no more."""
    written: int = 0
    """Blocks written."""
    unmatched: list[Row] = field(factory=list)
    """Of those that are gone, the samples without a newer one of the same source over the same time and UTC day."""
    fresh: list[Row] = field(factory=list)
    """The samples that count now and did not, on days on which others did before."""
    left_out: int = 0
    """Samples beyond what a day of one type and source may have."""
    days: set[date] = field(factory=set)
    """The days they may touch, in whatever zone."""
    stretches: set[tuple[int, int]] = field(factory=set)
    """From when to when (ms) samples changed, one for each block."""

    @property
    def lost(self) -> int:
        """Samples that are gone without newer ones of the same source over the same time, whatever day they began."""
        newer = Spans((row.start, row.end) for row in self.fresh)
        return sum(1 for row in self.unmatched if not newer.within(row.start, row.end))

    def add(self, other: Renewed) -> None:
        self.new += other.new
        self.gone += other.gone
        self.unmatched += other.unmatched
        self.fresh += other.fresh
        self.written += other.written
        self.left_out += other.left_out
        self.days |= other.days
        self.stretches |= other.stretches


def _statements(source: str, day: int, said: Sequence[Window], found: Sequence[Version]) -> list[Statement]:
    """The statements of one day. `said`: newest first, of all the keys that are one source with this one."""
    start, end = day * MS_PER_DAY, (day + 1) * MS_PER_DAY
    own = {one.import_id: one for one in said if one.source == source}
    by_layer: dict[str, list[Statement]] = defaultdict(list)
    for layer in dict.fromkeys(one.layer for one in said):
        chain = {number: one for number, one in own.items() if one.layer == layer and one.state is State.COMPLETE}
        seen = set()
        for one in said:
            if one.layer != layer or one.state is not State.COMPLETE or one.first >= end or one.last < start:
                continue
            if one.import_id in seen:
                continue
            seen.add(one.import_id)
            first = min(other.first for other in said if other.import_id == one.import_id)
            last = max(other.last for other in said if other.import_id == one.import_id)
            version = said_at(found, chain, one.written, one.import_id) if one.import_id in chain else None
            rows = codec.unpacked(version.packed) if version is not None else []
            spoken = one.last if layer == LIVE else one.written
            by_layer[layer].append(Statement(rows, spoken, first, last))
            if first <= start and last >= end:
                break  # earlier ones say nothing that counts
    for version in found:
        window = own.get(version.import_id)
        if window is not None and window.state is State.ADDS:
            spoken = ALWAYS if window.layer == PINNED else version.spoken
            by_layer[window.layer].append(Statement(codec.unpacked(version.packed), spoken))
    statements: list[Statement] = []
    for layer, of_layer in by_layer.items():
        if layer.startswith(f"{EXPORT} "):  # another phone: it adds, and neither says what the other one lacks
            newest = max(one.spoken for one in of_layer)
            statements.append(Statement(layers.merged(of_layer), newest, apart=True))
        else:
            statements += of_layer
    return statements


def renew(
    connection: Connection, athlete: int, kind: str, source: str, days: Collection[int], import_id: int, now: int,
    *, retire: bool = True,
) -> Renewed:  # fmt: skip
    """Makes these blocks what their statements say. What counts no more is kept as retired by that import, unless
    `retire` is off. `now` in ms.
    """
    series = athlete, kind, source
    said = versions.windows(connection, athlete, kind, {source})
    result = Renewed()
    if len(said) == 1 and said[0].import_id == import_id and said[0].state is not State.WAITS:
        _take_first_words(connection, series, import_id, result)
    for writes in _made_anew(connection, series, days, said, result):
        _write(connection, series, writes)
        _let_go_of_retired(connection, series, writes.came)
        for day, (gone, new) in writes.retired.items() if retire else ():
            _keep_retired(connection, (*series, day), gone, new, import_id, now)
    archive.mark_dirty(connection, athlete, result.days)
    return result


def would_change(
    connection: Connection, athlete: int, kind: str, source: str, days: Collection[int], said: Sequence[Window]
) -> Renewed:
    """What `renew` would do if this were said. Nothing is written."""
    result = Renewed()
    for _ in _made_anew(connection, (athlete, kind, source), days, said, result):
        pass
    return result


def _made_anew(
    connection: Connection, series: Series, days: Collection[int], said: Sequence[Window], result: Renewed
) -> Iterator[_Writes]:
    for part in parts(sorted(days)):
        before = versions.blocks(connection, series, part)
        found = versions.said_of(connection, series, part, before)
        writes = _Writes()
        for day in part:
            _renew_day((*series, day), said, found.get(day, []), before.get(day), writes, result)
        yield writes


def _take_first_words(connection: Connection, series: Series, import_id: int, result: Renewed) -> None:
    """Where nobody else ever said anything, what is said counts as it is: nothing has to be unpacked."""
    blocks, words = schema.blocks, schema.block_versions
    own = (*of_series(words, series), words.c.import_id == import_id, words.c.rows.is_not(None))
    other = words.alias()
    nobody_else = ~exists().where(
        blocks.c.athlete == words.c.athlete, blocks.c.type == words.c.type, blocks.c.source == words.c.source,
        blocks.c.day == words.c.day,
    ) & ~exists().where(
        other.c.athlete == words.c.athlete, other.c.type == words.c.type, other.c.source == words.c.source,
        other.c.day == words.c.day, other.c.import_id != import_id,
    )  # fmt: skip
    query = select(words.c.day, words.c.count, words.c.first_start, words.c.last_end).where(*own, nobody_else)
    found = [(day, count, first, last) for day, count, first, last in connection.execute(query)]
    if not found:
        return
    names = ("athlete", "type", "source", "day", *CONTENT, "rows", "import_id", "spoken")
    taken = select(*(words.c[name] for name in names), literal(codec.VERSION)).where(*own, nobody_else)
    connection.execute(insert(blocks).from_select([*names, "codec"], taken))
    counts = exists().where(
        blocks.c.athlete == words.c.athlete, blocks.c.type == words.c.type, blocks.c.source == words.c.source,
        blocks.c.day == words.c.day, blocks.c.import_id == import_id, blocks.c.spoken == words.c.spoken,
    )  # fmt: skip
    connection.execute(delete(words).where(*own, counts))
    result.new += sum(count for _, count, _, _ in found)
    result.written += len(found)
    result.days.update(_days_of_blocks(connection, series, found))
    result.stretches.update(stretch(first_start, last_end) for _, _, first_start, last_end in found)


def _days_of_blocks(
    connection: Connection, series: Series, found: Sequence[tuple[int, int, int, int]]
) -> Iterator[date]:
    """The local days that blocks may touch. `found`: UTC day, count, first start, last end. Only those with rows that
    span more than a day are unpacked.
    """
    long = [day for day, _, first_start, last_end in found if last_end - first_start > MS_PER_DAY]
    for day, _, first_start, _ in found:
        yield from archive.touched_days(first_start, (day + 1) * MS_PER_DAY)
    for block in versions.blocks(connection, series, long).values():
        yield from archive.days_of(codec.unpacked(block.packed))


_Key = tuple[int, str, str, int]


@define
class _Writes:
    """What is to be written of one series, gathered for few statements."""

    blocks: list[dict[str, Any]] = field(factory=list)
    owners: list[dict[str, Any]] = field(factory=list)
    """Whose words a block that stays is from now on."""
    emptied: list[int] = field(factory=list)
    versions: list[dict[str, Any]] = field(factory=list)
    taken: list[dict[str, Any]] = field(factory=list)
    """Versions that a block holds from now on."""
    retired: dict[int, tuple[list[Row], list[Row]]] = field(factory=dict)
    """By day: what counts no more, and what counts anew."""
    came: dict[int, list[Row]] = field(factory=dict)
    """By day: what counts anew."""


def _renew_day(
    key: _Key, said: Sequence[Window], found: Sequence[Version], before: Block | None, writes: _Writes,
    result: Renewed,
) -> None:  # fmt: skip
    counting = layers.merged(_statements(key[2], key[3], said, found))
    rows, raw = codec.fitted(counting) if counting else ([], b"")
    digest = codec.digest(raw) if rows else b""
    if digest != (before.hash if before is not None else b""):
        old = codec.unpacked(before.packed) if before is not None else []
        gone, new = (layers.without(old, rows), layers.without(rows, old)) if old else ([], rows)
        result.left_out += len(counting) - len(rows)
        result.new += len(new)
        if new:
            writes.came[key[3]] = new
            result.fresh += new if gone else []
        result.gone += len(gone)
        result.written += 1 if rows else 0
        changed = [*gone, *new]
        if changed:
            result.stretches.add(stretch(min(row.start for row in changed), max(row.end for row in changed)))
        for touched in (old, rows):
            result.days.update(archive.days_of(touched) if touched else ())
        if gone:
            writes.retired[key[3]] = gone, new
            result.unmatched += [row for row in gone if not layers.is_replaced(row, new)]
    _settle(key, found, before, rows, raw, digest, writes)


def _settle(
    key: _Key, found: Sequence[Version], before: Block | None, rows: Sequence[Row], raw: bytes, digest: bytes,
    writes: _Writes,
) -> None:  # fmt: skip
    """What counts becomes the block, with its owner; what was said in other words stands beside it."""
    named = dict(zip(("athlete", "type", "source", "day"), key, strict=True))
    equal = [one for one in found if digest and one.hash == digest]
    kept = [one for one in equal if before is not None and one[:2] == before[:2]]
    holder = max(kept or equal, key=lambda one: (one.spoken, one.import_id), default=None)
    owner = {
        "import_id": None if holder is None else holder.import_id, "spoken": None if holder is None else holder.spoken
    }  # fmt: skip
    same = before is not None and before.hash == digest
    if rows and not same:
        packed = holder.packed if holder is not None else codec.compress(raw)
        writes.blocks.append(
            {
                **named, "count": len(rows), "first_start": rows[0].start, "last_end": max(row.end for row in rows),
                "codec": codec.VERSION, "hash": digest, "rows": packed, **owner,
            }
        )  # fmt: skip
    elif not rows and before is not None:
        writes.emptied.append(key[3])
    elif before is not None and (before.import_id, before.spoken) != (owner["import_id"], owner["spoken"]):
        writes.owners.append({f"own_{name}": value for name, value in {**named, **owner}.items()})
    for one in found:
        if one is holder:
            writes.taken.append({f"own_{name}": value for name, value in {**named, **owner}.items()})
        else:
            beside = one.packed if one.hash and one.hash != digest else None
            writes.versions.append(versions.as_row(*key[:3], key[3], one, beside))


def _write(connection: Connection, series: Series, writes: _Writes) -> None:
    blocks, beside = schema.blocks, schema.block_versions
    sqlite.upsert(connection, blocks, writes.blocks)
    if writes.owners:
        owned = (*_named(blocks, bindparam), blocks.c.day == bindparam("own_day"))
        values: dict[str, Any] = {"import_id": bindparam("own_import_id"), "spoken": bindparam("own_spoken")}
        connection.execute(update(blocks).where(*owned).values(values), writes.owners)
    if writes.emptied:
        connection.execute(delete(blocks).where(*of_series(blocks, series), blocks.c.day.in_(writes.emptied)))
    sqlite.upsert(connection, beside, writes.versions)
    if writes.taken:
        held = (*_named(beside, bindparam), beside.c.day == bindparam("own_day"))
        same = beside.c.import_id == bindparam("own_import_id"), beside.c.spoken == bindparam("own_spoken")
        connection.execute(delete(beside).where(*held, *same), writes.taken)


def _named(table: Table, parameter: Callable[[str], Any]) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == parameter(f"own_{name}") for name in ("athlete", "type", "source"))


def _let_go_of_retired(connection: Connection, series: Series, came: Mapping[int, Sequence[Row]]) -> None:
    """What counts again is retired no more."""
    table = schema.retired
    for part in parts(sorted(came)):
        query = select(table.c.day, table.c.import_id, table.c.rows).where(
            *of_series(table, series), table.c.day.in_(part)
        )
        for day, number, packed in connection.execute(query).all():
            kept = codec.unpacked(packed)
            left = layers.without(kept, came[day])
            own = (*of_series(table, series), table.c.day == day, table.c.import_id == number)
            if not left:
                connection.execute(delete(table).where(*own))
            elif len(left) < len(kept):
                values = {"count": len(left), "rows": codec.compress(codec.encode(left))}
                connection.execute(update(table).where(*own).values(values))


def _keep_retired(
    connection: Connection, key: _Key, gone: Sequence[Row], new: Sequence[Row], import_id: int, now: int
) -> None:
    athlete, kind, source, day = key
    table = schema.retired
    query = select(table.c.rows).where(
        *of_series(table, (athlete, kind, source)), table.c.day == day, table.c.import_id == import_id
    )
    kept = connection.execute(query).scalar()
    if import_id < 0:  # of an import that is removed only when its samples were is kept
        gone = [Row(one.start, one.end, 0.0, "", one.label, UNKNOWN_INSTANT, "", b"") for one in gone]
    rows = sorted([*(codec.unpacked(kept) if kept else []), *gone])
    row = {
        "athlete": athlete, "type": kind, "source": source, "day": day, "import_id": import_id, "retired": now,
        "covered": all(layers.is_replaced(one, new) for one in gone), "count": len(rows),
        "rows": codec.compress(codec.encode(rows)),
    }  # fmt: skip
    sqlite.upsert(connection, table, [row])
