"""Who this data folder belongs to, and what they allowed."""

from __future__ import annotations

from typing import NamedTuple

from attrs import frozen
from sqlalchemy import Connection, Integer, cast, delete, insert, select, update

from intervals_companion.domain.days import HomeZone
from intervals_companion.store import schema, sqlite
from intervals_companion.store.database import Store
from intervals_companion.store.secrets import SecretBox

_CURRENT = "athlete"


@frozen
class Account:
    """Our number for one athlete at one service. `intervals_id` is None until somebody signs in."""

    athlete: int
    origin: str | None
    intervals_id: str | None
    name: str | None
    zone: str | None


@frozen
class Stored:
    """A credential as it came: the secret, what was granted with it, and when (ms)."""

    secret: str
    scope: str | None
    obtained: int


def known(connection: Connection) -> Account | None:
    """The account in use, if the data folder has one already."""
    table, meta = schema.athletes, schema.meta
    number = select(cast(meta.c.value, Integer)).where(meta.c.key == _CURRENT).scalar_subquery()
    row = connection.execute(select(table).where(table.c.athlete == number)).one_or_none()
    return None if row is None else Account(*row)


def current(store: Store, connection: Connection) -> Account:
    """The account in use; a new data folder gets one that is bound to nobody yet."""
    found = known(connection)
    if found is not None:
        return found
    made = connection.execute(insert(schema.athletes).values(origin=None).returning(schema.athletes.c.athlete))
    number = int(made.scalar_one())
    store.set_setting(connection, _CURRENT, str(number))
    return account(connection, number)


def find(connection: Connection, origin: str, intervals_id: str) -> Account | None:
    """The account of an athlete who has signed in here before."""
    table = schema.athletes
    query = select(table.c.athlete).where(table.c.origin == origin, table.c.intervals_id == intervals_id)
    number = connection.execute(query).scalar()
    return None if number is None else account(connection, number)


def account(connection: Connection, athlete: int) -> Account:
    return Account(*connection.execute(select(schema.athletes).where(schema.athletes.c.athlete == athlete)).one())


def bind(
    store: Store, connection: Connection, *, origin: str, intervals_id: str, name: str | None, zone: str | None
) -> Account:
    """The account of the athlete who has just signed in, made current.

    A known athlete gets their number back. The first one to sign in takes over what was imported before. Another
    origin or athlete gets a number of their own: nothing is ever shared between two.
    """
    table = schema.athletes
    before = find(connection, origin, intervals_id)
    number = None if before is None else before.athlete
    if number is None:
        unbound = current(store, connection)
        if unbound.intervals_id is None:
            number = unbound.athlete
        else:
            number = connection.execute(insert(table).values(origin=None).returning(table.c.athlete)).scalar_one()
    connection.execute(
        update(table)
        .where(table.c.athlete == number)
        .values(origin=origin, intervals_id=intervals_id, name=name, zone=zone)
    )
    store.set_setting(connection, _CURRENT, str(number))
    return account(connection, number)


def save(connection: Connection, box: SecretBox, athlete: int, kind: str, stored: Stored) -> None:
    """Stores a credential sealed. kind: `token` (OAuth) or `key` (the account's API key)."""
    row = {
        "athlete": athlete, "kind": kind, "sealed": box.seal(stored.secret, _place(athlete, kind)),
        "scope": stored.scope, "obtained": stored.obtained,
    }  # fmt: skip
    sqlite.upsert(connection, schema.credentials, [row])


def stored(connection: Connection, box: SecretBox, athlete: int, kind: str) -> Stored | None:
    table = schema.credentials
    row = connection.execute(select(table).where(table.c.athlete == athlete, table.c.kind == kind)).one_or_none()
    return None if row is None else Stored(box.open(row.sealed, _place(athlete, kind)), row.scope, row.obtained)


class SavedCredential(NamedTuple):
    """What is known of a stored credential without opening it."""

    scope: str | None
    obtained: int


def saved(connection: Connection, athlete: int) -> dict[str, SavedCredential]:
    """By kind."""
    table = schema.credentials
    query = select(table.c.kind, table.c.scope, table.c.obtained).where(table.c.athlete == athlete)
    return {kind: SavedCredential(scope, obtained) for kind, scope, obtained in connection.execute(query)}


def holders(connection: Connection) -> list[Account]:
    """Every athlete of whom a credential is stored here."""
    numbers = select(schema.credentials.c.athlete).distinct().order_by(schema.credentials.c.athlete)
    return [account(connection, number) for number in connection.execute(numbers).scalars()]


def delete_credential(connection: Connection, athlete: int, *kinds: str) -> None:
    table = schema.credentials
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.kind.in_(kinds)))


def delete_all_credentials(connection: Connection) -> None:
    """Removes every credential of this data folder."""
    connection.execute(delete(schema.credentials))


def _place(athlete: int, kind: str) -> str:
    return f"{athlete}/{kind}"


# --- the home zone -------------------------------------------------------------------------------------------------


def home_zone(connection: Connection, athlete: int) -> HomeZone | None:
    table = schema.home_zones
    row = connection.execute(select(table.c.zone, table.c.reason).where(table.c.athlete == athlete)).one_or_none()
    return None if row is None else HomeZone(*row)


def set_home_zone(connection: Connection, athlete: int, zone: HomeZone) -> None:
    row = {"athlete": athlete, "zone": zone.zone, "reason": zone.reason}
    sqlite.upsert(connection, schema.home_zones, [row])
