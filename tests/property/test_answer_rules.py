"""Whatever is answered to any operation: it is a value, or refused as unreadable."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.domain.errors import CompanionError
from intervals_companion.intervals import comments, oauth, people
from intervals_companion.intervals.answers import WrongShape
from intervals_companion.intervals.wire import Call, DataOwner, Response
from support.intervals_calls import CALLS

DAY = date(2026, 10, 5)
OPERATIONS: dict[str, Callable[[], Call[object]]] = CALLS | {
    "followed": people.followed,
    "weeks": lambda: people.weeks(DAY, DAY),
    "profile": lambda: people.profile("i1"),
    "activities_of": lambda: people.activities_of("i1", DAY, DAY),
    "activity": lambda: people.activity("i1", DataOwner.OTHERS),
    "streams": lambda: people.streams("i1", DataOwner.OTHERS, "time"),
    "chats": comments.chats,
    "comments": lambda: comments.comments("i1", DataOwner.OWN),
    "send": lambda: comments.send("i1", DataOwner.OWN, "x"),
    "edit": lambda: comments.edit(1, 2, DataOwner.OWN, "x"),
}
_KEYS = st.sampled_from([
    "id", "name", "athlete", "athlete_id", "activity_id", "start_date_local", "date", "count", "distance", "content",
    "created", "icu_tags", "custom_items", "type", "code", "weight", "locked", "timezone", "icu_api_key", "activities",
    "new_message_count", "start_index", "end_index", "data", "access_token", "scope",
])  # fmt: skip
_LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), st.text(st.characters(), max_size=6),
    st.sampled_from(["i1", "2026-10-05", "2026-10-05T08:00:00", "INPUT_FIELD", "\\ud800"]),
)  # fmt: skip
_JSON: st.SearchStrategy[Any] = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6), max_leaves=12
)
_ROW = st.dictionaries(_KEYS, _JSON, max_size=8)


@pytest.mark.parametrize("name", OPERATIONS)
@given(_JSON | _ROW | st.lists(_ROW, max_size=3))
@settings(max_examples=25)
def test_an_answer_is_a_value_or_refused(name: str, answer: Any) -> None:
    body = json.dumps(answer).encode()
    with suppress(WrongShape):
        OPERATIONS[name]().read(Response(200, {}, body))


@given(_JSON | _ROW, st.sampled_from([200, 302, 400, 401, 429, 500]))
@settings(max_examples=60)
def test_an_answer_to_a_sign_in_is_one_or_refused(answer: Any, status: int) -> None:
    with suppress(CompanionError):
        oauth.read_token(Response(status, {}, json.dumps(answer).encode()))


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"1" * 10_000, b'{"id": "i1"', b"<html>"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_no_json_is_refused(name: str, body: bytes) -> None:
    read = OPERATIONS[name]().read
    if name == "disconnect" or (not body and name in ACKNOWLEDGED):
        read(Response(200, {}, body))
        return
    with pytest.raises(WrongShape):
        read(Response(200, {}, body))


ACKNOWLEDGED = ("create_field", "put_wellness", "try_streams", "try_upload", "try_calendar", "try_comments", "edit")
"""An empty body says that it was done."""
