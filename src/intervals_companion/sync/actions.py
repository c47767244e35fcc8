"""What a plan is made of: steps to take, and things deliberately not done."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from attrs import frozen

from intervals_companion.domain.wellness import Origin, Value


class Reason(StrEnum):
    """Why something is held. The value is the word in `--json`; `words` is what a person reads."""

    LOCKED = "locked"
    WAITS = "waits"
    CLEARED = "cleared"
    ALREADY_THERE = "already_there"
    EDITED = "edited"
    THEIRS = "theirs"
    CONFLICT = "conflict"
    NOT_OURS = "not_ours"
    NO_CUSTOM_FIELD = "no_custom_field"
    CUSTOM_FIELDS_UNSEEN = "custom_fields_unseen"
    NO_PERMISSION = "no_permission"
    HEALTH_IS_NOT_WRITTEN = "health_is_not_written"
    WRITE_IS_OFF = "write_is_off"
    CANNOT_BE = "cannot_be"
    SPORT_OFF = "sport_off"
    TOO_FRESH = "too_fresh"
    NO_LENGTH = "no_length"
    AMBIGUOUS = "ambiguous"
    RECORDED_TWICE = "recorded_twice"
    THROUGH_STRAVA = "through_strava"
    DELETED = "deleted"
    VANISHED = "vanished"
    FILE_WOULD_DIFFER = "file_would_differ"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def is_curable(self) -> bool:
        """Whether what is held goes once the person has turned something on: the permission check shows how."""
        return self in _TURNED_OFF


_WORDS = {
    Reason.LOCKED: "Day is locked. You locked it at Intervals.icu; a locked day takes no updates.",
    Reason.WAITS: "Waits for your answer: a file you imported may be the wrong one. See Health.",
    Reason.CLEARED: "Cleared by you. Emptied at Intervals.icu; stays empty until Health’s value changes.",
    Reason.ALREADY_THERE: "Already there. Kept theirs. You may take over.",
    Reason.EDITED: "Edited at Intervals.icu. Kept theirs.",
    Reason.THEIRS: "Kept theirs. You left this to Intervals.icu.",
    Reason.CONFLICT: "Both sides changed since they last agreed. Nothing is sent until you choose.",
    Reason.NOT_OURS: "Not ours to change. Intervals.icu had this value first; Health’s has changed since.",
    Reason.NO_CUSTOM_FIELD: "No such custom field at Intervals.icu. The rest of the day goes without it.",
    Reason.CUSTOM_FIELDS_UNSEEN: "Custom fields cannot be seen: Settings, Read is off at Intervals.icu.",
    Reason.NO_PERMISSION: "Update is off at Intervals.icu.",
    Reason.HEALTH_IS_NOT_WRITTEN: "Only at Intervals.icu. Would go into Health; an export cannot be written to.",
    Reason.WRITE_IS_OFF: "Write is off. What Intervals.icu has is not added to Health.",
    Reason.CANNOT_BE: "Cannot be. What Intervals.icu has is a value that nobody has; it is not added to Health.",
    Reason.SPORT_OFF: "This sport is off.",
    Reason.TOO_FRESH: "Recorded less than 15 minutes ago. Later samples may still arrive; the next sync sends it.",
    Reason.NO_LENGTH: "Has no length in Health: start and end are the same, and nothing says how long it was.",
    Reason.AMBIGUOUS: "More than one activity could be this one. Never guessed.",
    Reason.RECORDED_TWICE: "Recorded twice in Health. The other recording is the one that counts.",
    Reason.THROUGH_STRAVA: "Probably there through Strava. Strava does not let other apps see it.",
    Reason.DELETED: "Deleted at Intervals.icu. Stays deleted.",
    Reason.VANISHED: "Many linked activities are missing at once. Nothing is concluded from that.",
    Reason.FILE_WOULD_DIFFER: "More samples arrived since it was uploaded. Not uploaded twice.",
}

_TURNED_OFF = frozenset({Reason.NO_PERMISSION, Reason.WRITE_IS_OFF})


class Why(StrEnum):
    """Why a value is sent again that both sides had agreed on. The value is the word in `--json`."""

    CORRECTED = "corrected"
    """Health took samples back, and its value is another one now."""
    DELETED = "deleted"
    """Health took back all that the value was made of."""


@frozen
class Send:
    """Put Health's value at Intervals.icu, or empty the field where it is None. `was` is the value there now."""

    day: date
    field: str
    value: Value | None
    was: Value | None
    why: Why | None = None
    """None for news."""


@frozen
class Agree:
    """Both sides are the same: only the base is to be remembered, or forgotten where neither has a value any more."""

    day: date
    field: str
    value: Value | None
    origin: Origin


@frozen
class Upload:
    workout: str


@frozen
class Link:
    """This activity is that workout."""

    workout: str
    activity: str
    how: str


@frozen
class WriteValue:
    """Put Intervals.icu's value into Health. `was` is what Health says now."""

    day: date
    field: str
    value: Value
    was: Value | None


@frozen
class WriteWorkout:
    """Make an activity that was recorded elsewhere a plain workout in Health."""

    activity: str


@frozen
class DeleteLink:
    """An activity we linked is gone from Intervals.icu: remember, so that it never comes back by us."""

    workout: str


@frozen
class Held:
    """Deliberately not done. `item` is an ISO day or a workout id; `field` is `WORKOUT_FIELD` for workouts."""

    item: str
    field: str
    reason: Reason
    ours: Value | None = None
    theirs: Value | None = None
    base: Value | None = None


Action = Send | Agree | Upload | Link | WriteValue | WriteWorkout | DeleteLink | Held
