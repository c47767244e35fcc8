"""Comments as a pure matter: what may be sent, what became of it, and whether one that was sent has arrived."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum

from attrs import frozen

from intervals_companion.domain.errors import UsageError
from intervals_companion.domain.social import Comment, visible

MOST = 10_000
"""Characters of one comment."""


class SendResult(StrEnum):
    """What became of a comment."""

    SENT = "sent"
    HAD_ARRIVED = "had_arrived"
    """An earlier try had: it was not sent again."""
    BEING_SENT = "being_sent"
    UNKNOWN = "unknown"
    """Intervals.icu did not answer, and does not show it yet."""


@frozen
class Sent:
    what: SendResult
    comment: int | None = None
    """Its id."""


def clean(text: str) -> str:
    """As it is sent: without control characters, which no screen shows, and without blank ends.

    Marks that order right-to-left text and join emoji are no control characters. Raises UsageError.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = visible(lines).strip()
    if all(letter.isspace() or unicodedata.category(letter) == "Cf" for letter in kept):
        raise UsageError("The comment is empty.", "Write something, then send it.")
    if len(kept) > MOST:
        raise UsageError(
            f"The comment has {len(kept):,} characters; {MOST:,} are the most.", "Shorten it, or send it in two parts."
        )
    return kept


def arrived(comments: Iterable[Comment], author: str, text: str, after: int, taken: Collection[int]) -> Comment | None:
    """The first comment after `after` by this author with this text that is not known to be another one."""
    return next(
        (
            one
            for one in comments
            if one.id > after and one.id not in taken and one.author == author and not one.deleted
            and _bare(one.text) == _bare(text)
        ),
        None,
    )  # fmt: skip


def _bare(text: str) -> str:
    """A service may trim, and may write line ends in its own way."""
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in text.strip().splitlines()))
