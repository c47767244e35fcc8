"""Where the real service's behaviour is inferred, not known, the sandbox can play either.

The default is what the notes on the API infer. Every switch can be set when the sandbox starts and flipped while it
runs (`PUT /sandbox/switches`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, evolve, field, fields, frozen
from attrs.validators import in_, instance_of


def _either(default: Any, *others: Any) -> Any:
    return field(default=default, validator=in_((default, *others)))


def _flag(default: bool) -> Any:
    return field(default=default, validator=instance_of(bool))


@frozen
class Switches:
    rate_limits: bool = _flag(True)
    """Section 4. Off: nothing is counted and no quota headers are sent."""

    # Credentials
    api_key_property: str = _either("visible", "null", "absent")
    """2.1. How `icu_api_key` looks on the caller's own athlete object when the account has a key."""
    api_key_only_on_own: bool = _flag(True)
    """2.1. `icu_api_key` is never shown on other athletes' objects."""
    localhost_any_port: bool = _flag(True)
    """2.2. `http://localhost` is a registered redirect on any port. Off: only without a port."""
    code_single_use: bool = _flag(True)
    """2.2. A code is good for one token. Off: for as many as two minutes allow."""
    bad_code_status: int = _either(400, 404, 422)
    """2.2. What the token endpoint answers to an unknown or expired code."""
    foreign_athlete_status: int = _either(403, 404)
    """2.3. What a credential gets for an athlete it does not reach."""
    settings_guards_rest: bool = _flag(True)
    """2.4. SETTINGS guards athletes, custom items and gear. Off: only the sport settings, in the athlete object too."""
    athlete_without_settings: str = _either("few", "full", "refused")
    """2.4. `GET /athlete/0` with a token lacking SETTINGS, where that guards it: some fields, all of them, or 403."""
    comments_area: str = _either("CHATS", "ACTIVITY")
    """2.4. The area that guards comments on activities."""
    key_as_bearer_status: int = _either(401, 403)
    """Section 3. The answer to an API key sent as a bearer token: 401 in 2026, 403 in 2024."""

    # Errors
    leak_bad_types: bool = _flag(False)
    """Section 3. A parameter of the wrong type is a 500 with the exception's text. Off: a 400."""
    bulk_errors_in_array: bool = _flag(False)
    """Section 3. Bulk calls wrap the body of a 422 in an array."""

    # Wellness
    computed_fields: str = _either("ignored", "refused")
    """5.1. What becomes of `ctl`, `updated`, `menstrualPhasePredicted` and their like in a write."""
    hide_private_wellness: bool = _flag(True)
    """5.1 and 7. Followers do not see what `private_wellness_keys` names."""
    carry_in_settings: bool = _flag(True)
    """5.1. A record without weight or resting heart rate shows those of the settings, marked `temp…`."""
    null_clears: bool = _flag(False)
    """5.2. JSON null clears a value. Off: null is ignored."""
    empty_comment_clears: bool = _flag(True)
    """5.2. `""` clears `comments`. Off: the comment stays."""
    bulk_all_or_nothing: bool = _flag(True)
    """5.2. One bad record refuses the whole `wellness-bulk`. Off: the good ones are kept, still with a 422."""
    locked_write_status: int = _either(200, 403, 422)
    """5.2. What a write to a locked day is answered, single, in bulk or by file; it changes nothing either way."""

    # Activities
    upload_id_is_first: bool = _flag(True)
    """6.1. The top-level `id` of an upload is its first activity. Off: null."""
    external_id_dedupes_uploads: bool = _flag(False)
    """6.1. A file with a known `external_id` is a duplicate."""
    reuploaded_keeps_id: bool = _flag(True)
    """6.1. A deleted activity whose file is uploaded again gets its old id back."""
    manual_names_app: bool = _flag(True)
    """6.2. A manual activity made by an app has the source OAUTH_CLIENT and names the app. Off: MANUAL."""
    key_upserts: bool = _flag(False)
    """2.3 and 6.2. For upserts the API key counts as an app of its own. Off: it always creates."""
    deleted_still_answers: bool = _flag(False)
    """6.3. A direct GET still finds a deleted activity."""
    private_activities: str = _either("stub", "absent")
    """Section 7. What a follower sees of a private activity."""

    # Other athletes and comments
    summary_rows: str = _either("week", "day")
    """Section 7. What one row of the athlete summary stands for."""
    permission_told: bool = _flag(True)
    """Section 7. `icu_permission` tells the caller's right over that athlete. Off: null."""
    messages_newest_first: bool = _flag(False)
    """Section 7. The order of an activity's messages."""
    new_chat: str = _either("first", "always")
    """Section 7. Which messages are answered with `new_chat`."""

    def flipped(self, changes: Mapping[str, Any]) -> Switches:
        """These switches with some set differently. Raises ValueError naming what is wrong."""
        known = {switch.name for switch in fields(Switches)}
        if unknown := sorted(set(changes) - known):
            raise ValueError(f"No such switch: {', '.join(unknown)}")
        try:
            return evolve(self, **changes)
        except (TypeError, ValueError) as problem:
            raise ValueError(str(problem.args[0])) from problem

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
