"""JSON read in pieces says what JSON read at once says, wherever it is cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.health import long_json
from intervals_companion.health.long_json import LongList, read_in_pieces

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text('[]{}",\\\\é😀\n ', max_size=6),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text('[]{}",\\\\a', max_size=4), inner, max_size=4),
    max_leaves=40,
)


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_json, "LONG_BYTES", 8)
    monkeypatch.setattr(long_json, "_PIECE_BYTES", 4)


def plain(value: Any) -> Any:
    """With lists in the place of long lists, each gone through twice."""
    if isinstance(value, LongList):
        found = [plain(one) for one in value]
        assert found == [plain(one) for one in value]
        return found
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {name: plain(one) for name, one in value.items()} if isinstance(value, dict) else value


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_it_says_the_same(value: Any, ascii_only: bool, indent: int | None) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert plain(read_in_pieces(body)) == value


@given(VALUES, st.integers(0, 200), st.sampled_from(list('[]{}",:x1 ')))
def test_what_is_no_json_is_never_read_as_some(value: Any, place: int, letter: str) -> None:
    written = json.dumps(value)
    changed = written[: place % (len(written) + 1)] + letter + written[place % (len(written) + 1) :]
    try:
        expected = json.loads(changed, strict=False)
    except ValueError:
        with pytest.raises(DamagedInput):
            plain(read_in_pieces(changed.encode()))
    else:
        assert plain(read_in_pieces(changed.encode())) == expected


def test_a_list_is_not_parsed_before_it_is_gone_through() -> None:
    found = read_in_pieces(b'{"data": [{"a": 1}, {"a": 2}, {"a" 3}]}')
    assert isinstance(found["data"], LongList)
    with pytest.raises(DamagedInput, match="not JSON"):
        list(found["data"])


def test_nobody_can_name_a_list_of_somebody_else() -> None:
    body = b'{"data": [{"0": 0}, {"0": 0}], "0": 0, "list": {"0": 0}}'
    assert plain(read_in_pieces(body)) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[" * 100, "nests deeper"),
        (b'{"a":' * 100, "nests deeper"),
        (b"[[1]", "brackets"),
        (b'{"a": [1}', "brackets"),
        (b"]", "brackets"),
        (b'"' + b"a" * 3000, "larger than any"),
        (b"[" + b"1," * 3000 + b"1]", "larger than any"),
        (b"[" + b"{}," * 3000 + b"{}]", "lists and objects"),
    ],
)
def test_what_is_too_much_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, body: bytes, words: str) -> None:
    monkeypatch.setattr(long_json, "MOST_AT_ONCE_BYTES", 2000)
    monkeypatch.setattr(long_json, "MOST_BRACKETS", 1000)
    with pytest.raises(DamagedInput, match=words):
        plain(read_in_pieces(body))
