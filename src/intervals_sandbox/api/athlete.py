"""Athletes, their sport settings, and the end of an app's connection."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from intervals_sandbox import oauth, shapes
from intervals_sandbox.access import permission
from intervals_sandbox.answers import Json, empty
from intervals_sandbox.api.custom_items import shown_items
from intervals_sandbox.call import Call, Handler
from intervals_sandbox.errors import denied, not_found, unauthorized
from intervals_sandbox.scopes import READ
from intervals_sandbox.state import Athlete

_FEW = frozenset(
    (
        *("id", "name", "firstname", "lastname", "sex", "city", "state", "country", "profile_medium", "bio", "website"),
        *("timezone", "locale", "measurement_preference", "icu_permission", "plan", "status"),
    )
)
"""What a token without SETTINGS sees of its athlete."""

_OWN_ONLY = ("email", "icu_date_of_birth", "icu_wellness_keys", "private_wellness_keys")


def get_athlete(call: Call) -> Response:
    athlete = call.athlete()
    values = _values(call, athlete)
    values["sportSettings"] = [shapes.full(shapes.SPORT_SETTINGS, sport) for sport in athlete.sport_settings]
    values["custom_items"] = shown_items(call.caller, athlete)
    switches = call.sandbox.switches
    if not call.caller.granted("SETTINGS", READ) and switches.athlete_without_settings != "full":
        seen = _FEW if switches.settings_guards_rest else values.keys() - {"sportSettings"}
        values = {key: value for key, value in values.items() if key in seen}
    return Json(_object(call, shapes.WITH_SPORT_SETTINGS, values))


def get_profile(call: Call) -> Response:
    """What others may know of an athlete. Nobody in this world shares folders."""
    athlete = call.athlete()
    facts = shapes.full(shapes.PROFILE, {**_values(call, athlete), "icu_coach": bool(athlete.coaches)})
    return Json({"athlete": facts, "sharedFolders": [], "customItems": shown_items(call.caller, athlete)})


def list_athletes(call: Call) -> Response:
    """The caller, whom they follow and whom they coach. Not for tokens."""
    if call.caller.grant:
        raise denied()
    prefix = call.query.text("ext_id_prefix")
    caller, athletes = call.caller.athlete, call.sandbox.state.athletes.values()
    reached = [athlete for athlete in athletes if permission(call.caller, athlete) != "NONE"]
    if prefix:
        reached = [athlete for athlete in reached if str(athlete.facts.get("external_id", "")).startswith(prefix)]
    return Json(
        [
            _object(call, shapes.ATHLETE_WITH_TAGS, {**_values(call, athlete), "icu_tags": tags(caller, athlete)})
            for athlete in reached
        ]
    )


def tags(caller: Athlete, athlete: Athlete) -> list[str] | None:
    return ["Coaching"] if athlete.id in caller.coaches else None


def _values(call: Call, athlete: Athlete) -> dict[str, Any]:
    own, switches = athlete.id == call.caller.athlete.id, call.sandbox.switches
    values = dict(athlete.facts)
    if not own:
        values = {key: value for key, value in values.items() if key not in _OWN_ONLY}
    if switches.permission_told:
        values["icu_permission"] = permission(call.caller, athlete)
    if switches.api_key_property == "visible" and (own or not switches.api_key_only_on_own):
        values["icu_api_key"] = athlete.api_key
    return values


def _object(call: Call, shape: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    answer = shapes.full(shape, values)
    if call.sandbox.switches.api_key_property == "absent":
        del answer["icu_api_key"]
    return answer


def list_settings(call: Call) -> Response:
    return Json([shapes.full(shapes.SPORT_SETTINGS, sport) for sport in call.athlete().sport_settings])


def get_settings(call: Call) -> Response:
    """By number, or by an activity type they are for."""
    wanted = call.parameters["id"]
    for sport in call.athlete().sport_settings:
        if wanted == str(sport["id"]) or wanted in sport["types"]:
            return Json(shapes.full(shapes.SPORT_SETTINGS, sport))
    raise not_found("Sport settings")


def disconnect_app(call: Call) -> Response:
    """The app of this token gives it back."""
    if call.caller.grant is None:
        raise unauthorized()
    oauth.revoke(call.sandbox.state, call.caller.grant.client_id, call.caller.athlete.id)
    return empty()


HANDLERS: dict[str, Handler] = {
    "getAthlete": get_athlete,
    "getAthleteProfile": get_profile,
    "listAthletes": list_athletes,
    "listSettings": list_settings,
    "getSettings_1": get_settings,
    "disconnectApp": disconnect_app,
}
