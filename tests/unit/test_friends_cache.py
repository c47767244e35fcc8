"""What is kept of other athletes: that it goes, everywhere, whenever it has to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.social import Chat, FeedStatus, Followed, Week
from intervals_companion.store import erasing, friends_cache, outbox, schema, schema_social
from intervals_companion.store.database import Store
from intervals_companion.store.erasing import Group
from intervals_companion.store.outbox import NOT_SENT, SENDING, SENT, TAKEN, UNKNOWN, Outgoing

ME, DAY = 1, date(2026, 3, 9)
ADA, BO = Followed("i70001", "Ada Sommerfeldt"), Followed("i70002", "Bo Lindqvist", coached=True)
NOW = 1_773_000_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as made:
        fill(made)
        yield made


def week(who: str) -> Week:
    return Week(who, DAY, 2, 60.0, 1000.0, 10.0, 1.0, 2.0, -1.0)


def fill(connection: Connection, athlete: int = ME) -> None:
    """Something in every table, of both."""
    friends_cache.put_status(connection, athlete, FeedStatus(NOW, NOW, 2, 2))
    friends_cache.put_followed_athletes(connection, athlete, [ADA, BO], [week(ADA.id), week(BO.id)])
    for one in friends_cache.followed_athletes(connection, athlete):
        activity = f"{one.id}0"
        record = {"id": activity, "name": f"Ride of {one.name}", "start_date_local": f"{DAY}T08:00:00"}
        friends_cache.put_activities(connection, athlete, one, DAY, DAY, {activity: (DAY, record)})
        friends_cache.put_read(connection, athlete, one, NOW)
        for kind in (friends_cache.DETAIL, friends_cache.SHAPE, friends_cache.COMMENTS, friends_cache.PROFILE):
            friends_cache.save(connection, athlete, kind, activity, one.id, {"who": one.name}, NOW)
        friends_cache.put_chat(connection, athlete, Chat(5, activity, 2), one.id)
        friends_cache.put_opened(connection, athlete, activity, one.id, NOW)
        outbox.put(connection, athlete, outgoing(one.id, activity=activity, other=one.id))


def outgoing(nonce: str, **changes: object) -> Outgoing:
    return Outgoing(nonce, "i9", "i8", "Well done", 0, TAKEN, None, NOW)._replace(**changes)  # type: ignore[arg-type]


OF_OTHERS = [table for table in schema.metadata.sorted_tables if "other" in table.c]


def count(connection: Connection, other: str, athlete: int = ME) -> dict[str, int]:
    found = {
        table.name: len(
            connection.execute(table.select().where(table.c.other == other, table.c.athlete == athlete)).all()
        )
        for table in OF_OTHERS
    }
    return {name: rows for name, rows in found.items() if rows}


def test_every_table_of_others_is_filled_by_these_tests(connection: Connection) -> None:
    """So that a new one cannot be forgotten."""
    assert set(count(connection, ADA.id)) == {table.name for table in OF_OTHERS}
    assert {table.name for table in OF_OTHERS} >= {
        "others", "others_activities", "borrowed", "chats", "opened", "outbox",
    }  # fmt: skip


def test_dropping_one_leaves_no_row_of_theirs_in_any_table_and_nothing_else_changes(connection: Connection) -> None:
    before = count(connection, BO.id)
    friends_cache.delete_athlete(connection, ME, ADA.id)
    assert count(connection, ADA.id) == {}
    assert count(connection, BO.id) == before


def test_dropping_is_for_one_of_our_athletes(store: Store) -> None:
    with store.write() as connection:
        fill(connection)
        fill(connection, athlete=2)
        friends_cache.delete_athlete(connection, ME, ADA.id)
        assert set(count(connection, ADA.id, athlete=2)) == {table.name for table in OF_OTHERS}


def test_who_is_not_followed_any_more_is_dropped(connection: Connection) -> None:
    friends_cache.put_followed_athletes(connection, ME, [BO], [])
    assert count(connection, ADA.id) == {}
    assert [one.id for one in friends_cache.followed_athletes(connection, ME)] == [BO.id]


def test_of_who_shares_nothing_the_name_stays_and_no_more(connection: Connection) -> None:
    (ada, _) = friends_cache.followed_athletes(connection, ME)
    friends_cache.put_not_shared(connection, ME, ada, DAY, NOW)
    assert count(connection, ADA.id) == {"others": 1}
    assert [one.shared for one in friends_cache.followed_athletes(connection, ME)] == [False, True]


def test_what_was_read_of_somebody_who_was_dropped_meanwhile_is_not_kept(connection: Connection) -> None:
    (ada, _) = friends_cache.followed_athletes(connection, ME)
    friends_cache.delete_athlete(connection, ME, ADA.id)
    friends_cache.put_activities(connection, ME, ada, DAY, DAY, {"i1": (DAY, {"id": "i1"})})
    friends_cache.put_read(connection, ME, ada, NOW)
    friends_cache.put_not_shared(connection, ME, ada, DAY, NOW)
    assert count(connection, ADA.id) == {}


def test_after_a_day_nothing_of_what_they_did_is_left(connection: Connection) -> None:
    friends_cache.delete_old(connection, ME, NOW)
    assert "others_activities" in count(connection, ADA.id)
    friends_cache.delete_old(connection, ME, NOW + 1)
    assert count(connection, ADA.id).keys() == {"others", "chats", "opened", "outbox"}
    assert [(one.since, one.read, one.read_weeks) for one in friends_cache.followed_athletes(connection, ME)] == [
        (None, None, None)
    ] * 2


def test_that_something_was_opened_is_known_for_two_months(connection: Connection) -> None:
    friends_cache.delete_old(connection, ME, NOW + 60 * MS_PER_DAY)
    assert len(friends_cache.opened(connection, ME)) == 2
    friends_cache.delete_old(connection, ME, NOW + 60 * MS_PER_DAY + 1)
    assert friends_cache.opened(connection, ME) == frozenset()


def test_a_list_read_anew_replaces_its_days_and_no_others(connection: Connection) -> None:
    (ada, _) = friends_cache.followed_athletes(connection, ME)
    earlier = DAY - timedelta(days=1)
    friends_cache.put_activities(connection, ME, ada, earlier, earlier, {"i1": (earlier, {"id": "i1"})})
    (ada, _) = friends_cache.followed_athletes(connection, ME)
    friends_cache.put_activities(connection, ME, ada, DAY, DAY, {})
    assert [
        did.record["id"] for did in friends_cache.activities(connection, ME, earlier, DAY) if did.other == ada.id
    ] == ["i1"]
    assert friends_cache.followed_athletes(connection, ME)[0].since == earlier


def test_of_a_chat_without_news_it_stays_known_which_it_is(connection: Connection) -> None:
    friends_cache.put_chats(connection, ME, [(Chat(9, "i700010", 1), ADA.id)])
    assert friends_cache.chats(connection, ME) == {"i700010": Chat(9, "i700010", 1), "i700020": Chat(5, "i700020", 0)}


# --- erasing ---------------------------------------------------------------------------------------------------------


def test_every_table_of_others_is_erased_at_a_logout(store: Store) -> None:
    social = {
        table for name in dir(schema_social) if (table := getattr(schema_social, name)) is not None
        and getattr(table, "metadata", None) is schema.metadata
    }  # fmt: skip
    assert {table.name for table in social} <= {table.name for table in erasing.TABLES[Group.OTHERS]}
    assert set(OF_OTHERS) <= set(erasing.TABLES[Group.OTHERS])
    with store.write() as connection:
        fill(connection)
        erasing.erase(connection, ME, [Group.OTHERS])
        left = {table.name for table in erasing.TABLES[Group.OTHERS] if connection.execute(table.select()).first()}
    assert left == set()


@pytest.mark.parametrize("how", ["dropped", "erased"])
def test_not_even_the_bytes_stay_in_the_file(tmp_path: Path, how: str) -> None:
    store = Store(tmp_path)
    with store.write() as connection:
        fill(connection)
    store.close()
    words = [ADA.id.encode(), ADA.name.encode()]
    assert all(any(word in file.read_bytes() for file in tmp_path.iterdir()) for word in words)
    store = Store(tmp_path)
    with store.write() as connection:
        if how == "dropped":
            friends_cache.delete_athlete(connection, ME, ADA.id)
        else:
            erasing.erase(connection, ME, [Group.OTHERS])
    store.close()
    assert not [word for word in words for file in tmp_path.iterdir() if word in file.read_bytes()]


def test_the_file_is_told_to_wipe_what_is_deleted(store: Store) -> None:
    """Whatever SQLite was built with."""
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1


# --- the outbox ------------------------------------------------------------------------------------------------------


def test_a_comment_begins_once(connection: Connection) -> None:
    taken = outgoing("n")
    outbox.put(connection, ME, taken)
    ready = outbox.begin(connection, ME, taken, 7, NOW + 5)
    assert ready == taken._replace(after=7, state=SENDING, made=NOW + 5)
    assert outbox.begin(connection, ME, taken, 7, NOW + 5) is None


@pytest.mark.parametrize("changed", [{"made": NOW + 1}, {"state": NOT_SENT}, {"text": "Other"}])
def test_one_that_was_taken_over_does_not_begin(connection: Connection, changed: dict[str, object]) -> None:
    outbox.put(connection, ME, outgoing("n", **changed))
    assert outbox.begin(connection, ME, outgoing("n"), 0, NOW) is None


def test_one_that_was_dropped_does_not_begin_and_is_not_back(connection: Connection) -> None:
    outbox.put(connection, ME, outgoing("n", other=ADA.id))
    friends_cache.delete_athlete(connection, ME, ADA.id)
    assert outbox.begin(connection, ME, outgoing("n", other=ADA.id), 0, NOW) is None
    outbox.settle(connection, ME, "n", SENT, 5)
    assert outbox.find(connection, ME, "n") is None


@pytest.mark.parametrize("state", [SENDING, UNKNOWN])
def test_of_the_same_words_one_is_on_its_way_at_a_time(connection: Connection, state: str) -> None:
    for nonce, kind in (("first", state), ("second", TAKEN)):
        outbox.put(connection, ME, outgoing(nonce, state=kind))
    assert outbox.begin(connection, ME, outgoing("second"), 0, NOW) is None
    second = outbox.find(connection, ME, "second")
    assert second is not None
    assert second.state == NOT_SENT


def test_other_words_may_be_on_their_way_at_once(connection: Connection) -> None:
    outbox.put(connection, ME, outgoing("first", state=SENDING, text="Hello"))
    outbox.put(connection, ME, outgoing("second"))
    assert outbox.begin(connection, ME, outgoing("second"), 0, NOW) is not None


def test_nothing_undoes_that_one_was_sent(connection: Connection) -> None:
    outbox.put(connection, ME, outgoing("n", state=SENDING))
    outbox.settle(connection, ME, "n", SENT, 5)
    outbox.settle(connection, ME, "n", UNKNOWN)
    outbox.give_up(connection, ME, "n")
    found = outbox.find(connection, ME, "n")
    assert found is not None
    assert (found.state, found.comment, found.text) == (SENT, 5, "")


def test_one_that_may_have_been_sent_is_not_given_up(connection: Connection) -> None:
    outbox.put(connection, ME, outgoing("n", state=SENDING))
    outbox.give_up(connection, ME, "n")
    found = outbox.find(connection, ME, "n")
    assert found is not None
    assert (found.state, found.text) == (SENDING, "Well done")


def test_what_was_told_is_kept_under_another_name(connection: Connection) -> None:
    outbox.put(connection, ME, outgoing("n", state=SENDING))
    outbox.release_nonce(connection, ME, "n")
    assert outbox.find(connection, ME, "n") is not None  # not before it was sent
    outbox.settle(connection, ME, "n", SENT, 5)
    outbox.release_nonce(connection, ME, "n")
    assert outbox.find(connection, ME, "n") is None
    assert [one.comment for one in outbox.of_activity(connection, ME, "i9")] == [5]
