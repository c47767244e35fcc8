"""What may be sent as a comment, and how one that arrived is known again."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.errors import UsageError
from intervals_companion.domain.social import Comment
from intervals_companion.social.comments import MOST, arrived, clean

CYCLIST = "👩🏽\u200d🚴\u200d♀️"
HEBREW = "\u202bכל הכבוד\u202c \u200f!"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Well done", "Well done"),
        ("  Well done \n", "Well done"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("a\tb", "a\tb"),
        ("nul\0, bell\a, escape\x1b[31m, delete\x7f, c1\x9b", "nul, bell, escape[31m, delete, c1"),
        ("half a pair \ud83d and \udc80", "half a pair  and"),
        (CYCLIST, CYCLIST),
        (HEBREW, HEBREW),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\u00e4 a\u0308", "\u00e4 a\u0308"),
    ],
)
def test_a_comment_is_sent_without_control_characters_and_else_as_it_is(text: str, sent: str) -> None:
    assert clean(text) == sent


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t\r\n", "\0\0", "\u00a0\u2003", "\u200b", "\u200e\u200f", "\ufeff \u2060", "\ud83d"]
)
def test_what_nobody_would_see_is_empty(text: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        clean(text)


@pytest.mark.parametrize("letter", ["x", "א", "👍"])
def test_ten_thousand_characters_are_the_most(letter: str) -> None:
    assert len(clean(letter * MOST)) == MOST == 10_000
    with pytest.raises(UsageError, match="10,001 characters; 10,000 are the most"):
        clean(letter * (MOST + 1))


def test_blank_ends_and_control_characters_do_not_count() -> None:
    assert clean("\0 " + "x" * MOST + "\n\n") == "x" * MOST


@given(st.text(alphabet=st.characters(), max_size=60))
def test_whatever_is_sent_can_be_sent_and_is_clean(text: str) -> None:
    try:
        sent = clean(text)
    except UsageError:
        return
    assert clean(sent) == sent
    assert sent.encode("utf-8")
    assert not [letter for letter in sent if unicodedata.category(letter) == "Cc" and letter not in "\n\t"]


# --- whether it has arrived ------------------------------------------------------------------------------------------


def comment(number: int, text: str = "Well done", author: str = "i1", *, deleted: bool = False) -> Comment:
    return Comment(number, author, "Ada", None, text, deleted=deleted)


def found(*comments: Comment, text: str = "Well done", after: int = 5, taken: tuple[int, ...] = ()) -> int | None:
    one = arrived(comments, "i1", text, after, taken)
    return None if one is None else one.id


def test_the_first_with_these_words_by_this_author_is_it() -> None:
    assert found(comment(6, "Hello"), comment(7), comment(8)) == 7


@pytest.mark.parametrize(
    "other",
    [comment(5), comment(4), comment(7, author="i2"), comment(7, "Well done!"), comment(7, deleted=True)],
    ids=["the last before it", "older", "somebody else's", "other words", "taken back"],
)
def test_another_comment_is_not_it(other: Comment) -> None:
    assert found(other) is None


def test_one_that_is_known_to_be_another_is_not_it() -> None:
    assert found(comment(7), comment(8), taken=(7,)) == 8


@pytest.mark.parametrize(
    ("sent", "there"),
    [("one\ntwo", "one\r\ntwo"), ("one  \ntwo", "one\ntwo"), ("\u00e4", "a\u0308"), ("a", " a \n"), (HEBREW, HEBREW)],
)
def test_a_service_may_trim_and_write_line_ends_its_own_way(sent: str, there: str) -> None:
    assert found(comment(7, there), text=sent) == 7


def test_case_and_inner_blanks_are_words() -> None:
    assert found(comment(7, "well done")) is None
    assert found(comment(7, "Well  done")) is None
