"""Taking one's data along, and bringing it back: whole or not at all, and without what lets anybody in."""

from __future__ import annotations

import contextlib
import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from intervals_companion.app.data import backup, csv_export, erase
from intervals_companion.app.preferences import choices
from intervals_companion.app.wellness import days
from intervals_companion.domain.errors import Busy, DamagedInput, UsageError
from intervals_companion.domain.samples import Row
from intervals_companion.store import backup as parts
from intervals_companion.store import codec, erasing, schema
from intervals_companion.store.database import FILE_NAME, Store
from intervals_companion.store.erasing import Group
from intervals_companion.sync import engine
from support.app_fixture import TODAY, AppFixture, app_fixture, run, steps, weight
from support.store_builders import dump

PASSWORD = "a sentence nobody guesses"
SECRETS = {"credentials", "browsers", "door_links", "sign_ins", "devices", "answers", "theirs_days"}


def made(home: AppFixture, password: str = PASSWORD) -> bytes:
    return b"".join(backup.make(home.context, password, password))


def restored(home: AppFixture, content: bytes, password: str = PASSWORD) -> backup.Restored:
    return backup.restore(home.context, io.BytesIO(content), password)


def kept(home: AppFixture) -> dict[str, list[tuple[object, ...]]]:
    """What a backup holds; the marks of days to be looked through and what belongs to the folder are left out."""
    away = {table.name for group in (Group.SESSIONS, Group.SIGN_IN, Group.ANSWERS, Group.DEVICES, Group.BINDING)
            for table in erasing.TABLES[group]} | {"jobs", "dirty_days"}  # fmt: skip
    return {name: rows for name, rows in dump(home.context.store).items() if name not in away}


def live(home: AppFixture) -> None:
    home.import_(steps(TODAY, 8000), weight(TODAY, 74.5), *run(TODAY))
    home.sync()
    choices.turn_metrics(home.context, {"steps", "weight"})


@pytest.fixture
def second(tmp_path: Path) -> Iterator[AppFixture]:
    """Another machine, where nobody has signed in yet."""
    folder = tmp_path / "second"
    folder.mkdir()
    with app_fixture(folder) as made:
        yield made


def test_what_was_backed_up_is_there_again(home: AppFixture) -> None:
    live(home)
    before = kept(home)
    content = made(home)
    home.import_(steps(TODAY, 500, at="20:00:00"))
    choices.turn_metrics(home.context, set())
    assert kept(home) != before
    result = restored(home, content)
    assert kept(home) == before
    assert result.made == home.context.now()
    assert (result.samples, result.runs) == (243, 1)


def test_a_second_sync_after_a_restore_sends_nothing(home: AppFixture) -> None:
    live(home)
    restored(home, made(home))
    home.forget_requests()
    home.sync()
    assert home.writes() == []


def test_a_restore_leaves_sign_in_browsers_and_phones_as_they_are(home: AppFixture) -> None:
    live(home)
    content = made(home)
    before = {name: rows for name, rows in dump(home.context.store).items() if name in SECRETS}
    assert before["credentials"]
    restored(home, content)
    assert {name: rows for name, rows in dump(home.context.store).items() if name in SECRETS} == before


def test_another_machine_becomes_the_athletes(home: AppFixture, second: AppFixture) -> None:
    live(home)
    second.import_(steps(TODAY, 1))
    restored(second, made(home))
    assert kept(second) == kept(home)
    there, here = second.context.account(), home.context.account()
    assert (there.origin, there.intervals_id, there.name) == (here.origin, here.intervals_id, here.name)
    values = days.metrics(second.context, lambda _stage, _done, _of: None).values
    assert {one.field: one.value for one in values}["steps"] == 8000


def test_a_backup_holds_nothing_that_lets_anybody_in(home: AppFixture, tmp_path: Path) -> None:
    live(home)
    with home.context.store.write() as connection:
        connection.execute(insert(schema.athletes).values(athlete=7, origin="x", intervals_id="i7", name="Another"))
        connection.execute(insert(schema.home_zones).values(athlete=7, zone="UTC", reason=""))
        row = {"athlete": 1, "name": "made up", "record": '{"secret": 1}', "read": 1}
        connection.execute(insert(schema.answers).values(row))
    folder = tmp_path / "opened"
    folder.mkdir()
    parts._unpack(io.BytesIO(made(home)), PASSWORD, folder / FILE_NAME)
    with contextlib.closing(Store(folder)) as opened:
        inside = dump(opened)
    assert {name for name in SECRETS if inside[name]} == set()
    assert {row[0] for rows in inside.values() for row in rows if rows and isinstance(row[0], int)} == {1}
    assert b'{"secret": 1}' not in (folder / FILE_NAME).read_bytes()


def test_a_backup_is_unreadable_without_its_password(home: AppFixture) -> None:
    live(home)
    content = made(home)
    assert b"SQLite" not in content
    assert b"BodyMass" not in content
    before = dump(home.context.store)
    with pytest.raises(UsageError, match="password is wrong"):
        restored(home, content, "another sentence")
    assert dump(home.context.store) == before


@pytest.mark.parametrize("password", ["", "short", "123456789"])
def test_a_short_password_is_refused(home: AppFixture, password: str) -> None:
    with pytest.raises(UsageError, match="characters"):
        backup.make(home.context, password, password)


def test_two_passwords_that_differ_are_refused(home: AppFixture) -> None:
    with pytest.raises(UsageError, match="not the same"):
        backup.make(home.context, PASSWORD, PASSWORD + " ")


def cut(content: bytes) -> bytes:
    return content[:-20]


def changed(content: bytes) -> bytes:
    return content[:-20] + bytes([content[-20] ^ 1]) + content[-19:]


def longer(content: bytes) -> bytes:
    return content + b"more"


def without_end(content: bytes) -> bytes:
    return content[: content.index(b"\n") + 1 + 16]


def foreign(_content: bytes) -> bytes:
    return b"PK\x03\x04" + bytes(100)


def nothing(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, changed, longer, without_end, foreign, nothing])
def test_a_damaged_or_foreign_file_changes_nothing(home: AppFixture, damage: object) -> None:
    assert callable(damage)
    live(home)
    content = damage(made(home))
    before = dump(home.context.store)
    with pytest.raises((DamagedInput, UsageError)) as refusal:
        restored(home, content)
    assert refusal.value.cure
    assert dump(home.context.store) == before
    assert list(home.context.store.folder.glob("*.part")) == []


def test_another_athletes_backup_changes_nothing(home: AppFixture, second: AppFixture) -> None:
    live(home)
    content = made(home)
    second.sandbox.state.you = next(
        one for one in second.sandbox.state.athletes if one != home.context.account().intervals_id
    )
    second.sign_in()
    before = dump(second.context.store)
    with pytest.raises(UsageError, match="belongs to"):
        restored(second, content)
    assert dump(second.context.store) == before


def test_nothing_is_restored_while_a_sync_is_under_way(home: AppFixture) -> None:
    live(home)
    content = made(home)
    with engine.alone(home.context.store, 1), pytest.raises(Busy):
        restored(home, content)


def test_a_large_backup_comes_back_in_parts(home: AppFixture) -> None:
    raw = codec.encode([Row(1, 1, 0.0, "", "", 1, "", random.Random(1).randbytes(3 << 20))])
    noise = codec.compress(raw)
    with home.context.store.write() as connection:
        block = {"athlete": 1, "type": "t", "day": 1, "source": "s", "count": 1, "first_start": 1, "last_end": 1,
                 "codec": 1, "hash": codec.digest(raw), "rows": noise}  # fmt: skip
        connection.execute(insert(schema.blocks).values(block))
    content = made(home)
    erase.log_out(home.context)
    restored(home, content)
    with home.context.store.read() as connection:
        assert connection.execute(select(schema.blocks.c.rows)).scalar_one() == noise


# --- CSV -------------------------------------------------------------------------------------------------------------


def table(lines: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines))))


def test_days_are_a_line_each_with_units_in_the_head(home: AppFixture) -> None:
    home.import_(steps(TODAY, 8000), weight(TODAY, 74.5))
    (day,) = table(csv_export.days_csv(home.context))
    assert day == {"day": str(TODAY), "weight (kg)": "74.5", "steps (count)": "8000"}


def test_workouts_are_a_line_each_with_their_link(home: AppFixture) -> None:
    home.import_(*run(TODAY.replace(day=TODAY.day - 1)))
    home.sync()
    (workout,) = table(csv_export.workouts_csv(home.context))
    assert (workout["type"], workout["distance (m)"], workout["energy (kcal)"]) == ("Run", "8000.0", "400.0")
    assert workout["activity at Intervals.icu"]


def test_a_text_that_looks_like_a_formula_is_a_text(home: AppFixture) -> None:
    home.import_(*run(TODAY.replace(day=TODAY.day - 1), source="=cmd()"))
    (workout,) = table(csv_export.workouts_csv(home.context))
    assert workout["source"] == "'=cmd()"


def test_without_data_there_is_only_a_head(home: AppFixture) -> None:
    assert table(csv_export.days_csv(home.context)) == []
    assert table(csv_export.workouts_csv(home.context)) == []
