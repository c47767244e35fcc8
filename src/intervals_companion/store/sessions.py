"""Browsers that were let in, links that let one in, and sign-ins under way.

Only hashes are stored: who reads this file gets in nowhere.
"""

from __future__ import annotations

from attrs import frozen
from sqlalchemy import Connection, Table, delete, insert, select, update

from intervals_companion.store import schema, sqlite


@frozen
class Browser:
    """A browser with a session. Instants in ms."""

    athlete: int
    session: bytes
    """Hash of its cookie."""
    csrf: str
    name: str
    made: int
    seen: int
    ends: int


def add_browser(connection: Connection, browser: Browser) -> None:
    row = {name: getattr(browser, name) for name in ("athlete", "session", "csrf", "name", "made", "seen", "ends")}
    connection.execute(insert(schema.browsers).values(row))


def browser(connection: Connection, session: bytes) -> Browser | None:
    table = schema.browsers
    row = connection.execute(select(table).where(table.c.session == session)).one_or_none()
    return None if row is None else Browser(*row)


def browsers(connection: Connection, athlete: int) -> list[Browser]:
    """The one used last first."""
    table = schema.browsers
    query = select(table).where(table.c.athlete == athlete).order_by(table.c.seen.desc())
    return [Browser(*row) for row in connection.execute(query)]


def saw_browser(connection: Connection, session: bytes, now: int) -> None:
    table = schema.browsers
    connection.execute(update(table).where(table.c.session == session).values(seen=now))


def end_browser(connection: Connection, athlete: int, session: bytes) -> None:
    table = schema.browsers
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.session == session))


def end_browsers(connection: Connection, athlete: int) -> None:
    table = schema.browsers
    connection.execute(delete(table).where(table.c.athlete == athlete))


# --- links -----------------------------------------------------------------------------------------------------------


def add_link(connection: Connection, athlete: int, link: bytes, ends: int) -> None:
    connection.execute(insert(schema.door_links).values(athlete=athlete, link=link, ends=ends))


def link_is_good(connection: Connection, athlete: int, link: bytes, now: int) -> bool:
    table = schema.door_links
    query = select(table.c.ends).where(
        table.c.athlete == athlete, table.c.link == link, table.c.spent.is_(None), table.c.ends > now
    )
    return connection.execute(query).scalar() is not None


def spend_link(connection: Connection, athlete: int, link: bytes, now: int) -> bool:
    """Whether it was good; it is not any more."""
    good = link_is_good(connection, athlete, link, now)
    table = schema.door_links
    if good:
        connection.execute(update(table).where(table.c.athlete == athlete, table.c.link == link).values(spent=now))
    return good


# --- sign-ins under way ----------------------------------------------------------------------------------------------


@frozen
class SignIn:
    """A sign-in that was begun. `session` is the hash of what only the browser that began it holds."""

    session: bytes
    redirect: str
    create_fields: bool


def add_sign_in(connection: Connection, athlete: int, state: bytes, begun: SignIn, ends: int) -> None:
    row = {
        "athlete": athlete, "state": state, "session": begun.session, "redirect": begun.redirect,
        "create_fields": begun.create_fields, "ends": ends, "spent": None,
    }  # fmt: skip
    sqlite.upsert(connection, schema.sign_ins, [row])


def spend_sign_in(connection: Connection, athlete: int, state: bytes, now: int) -> SignIn | None:
    """The sign-in of that state, once; None when it is unknown, spent or too old."""
    table = schema.sign_ins
    query = select(table.c.session, table.c.redirect, table.c.create_fields).where(
        table.c.athlete == athlete, table.c.state == state, table.c.spent.is_(None), table.c.ends > now
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    connection.execute(update(table).where(table.c.athlete == athlete, table.c.state == state).values(spent=now))
    return SignIn(*row)


def sweep(connection: Connection, now: int) -> None:
    """Forgets what has ended."""
    tables: tuple[Table, ...] = (schema.browsers, schema.door_links, schema.sign_ins)
    for table in tables:
        connection.execute(delete(table).where(table.c.ends <= now))
