"""The simulated iPhone of a demo folder, drawn: its permission sheet, its Settings, and what its owner does with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum

from attrs import frozen
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from intervals_companion.app.ingest.phone import SimulatedPhone, ask
from intervals_companion.domain.catalogue import short_type
from intervals_companion.domain.errors import NothingToShow, UsageError
from intervals_companion.web.pages import action, page, redirect, render, web_context

HERE = "/phone"


class Icon(StrEnum):
    """The picture and the colour that Health gives a kind of data."""

    ACTIVITY = "activity"
    BODY = "body"
    FOOD = "food"
    HEART = "heart"
    LUNGS = "lungs"
    MIND = "mind"
    SLEEP = "sleep"


_NAMES: Mapping[str, str] = {
    "ActiveEnergyBurned": "Active Energy",
    "AppleSleepingWristTemperature": "Wrist Temperature",
    "BasalEnergyBurned": "Resting Energy",
    "BloodPressureDiastolic": "Diastolic Blood Pressure",
    "BloodPressureSystolic": "Systolic Blood Pressure",
    "BodyMass": "Weight",
    "DietaryEnergyConsumed": "Dietary Energy",
    "DietaryFatTotal": "Total Fat",
    "DietaryWater": "Water",
    "DistanceWalkingRunning": "Walking + Running Distance",
    "HKWorkoutRouteTypeIdentifier": "Workout Routes",
    "HKWorkoutTypeIdentifier": "Workouts",
    "HeartRateRecoveryOneMinute": "Cardio Recovery",
    "HeartRateVariabilitySDNN": "Heart Rate Variability",
    "MenstrualFlow": "Menstruation",
    "MindfulSession": "Mindful Minutes",
    "OxygenSaturation": "Blood Oxygen",
    "SleepAnalysis": "Sleep",
    "StepCount": "Steps",
    "SwimmingStrokeCount": "Swimming Strokes",
    "TimeInDaylight": "Time in Daylight",
    "VO2Max": "Cardio Fitness",
}
"""What the Health app calls a type, where that is not its identifier with spaces."""

_ICONS: tuple[tuple[str, Icon], ...] = (
    ("Heart|Blood Pressure|Cardio", Icon.HEART),
    ("Oxygen|Respiratory", Icon.LUNGS),
    ("Sleep|Wrist", Icon.SLEEP),
    ("Dietary|Carbohydrates|Protein|Fat$|Water", Icon.FOOD),
    ("Weight|Body|Waist|Glucose|Menstruation", Icon.BODY),
    ("Mindful|Daylight", Icon.MIND),
)


def type_name(kind: str) -> str:
    """A Health type as the Health app says it."""
    short = short_type(kind)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", short.removeprefix("Dietary"))
    return _NAMES.get(short) or re.sub(r"^Distance (.*)", r"\1 Distance", name)


@frozen
class Switch:
    kind: str
    name: str
    icon: Icon
    on: bool


def _switches(kinds: Collection[str], on: Callable[[str], bool]) -> list[Switch]:
    """In the order of their names, as iOS lists them."""
    named = sorted((type_name(kind), kind) for kind in kinds)
    return [Switch(kind, name, _icon(name), on(kind)) for name, kind in named]


def _icon(name: str) -> Icon:
    return next((icon for words, icon in _ICONS if re.search(words, name)), Icon.ACTIVITY)


def _phone(request: Request) -> SimulatedPhone:
    """Raises NothingToShow anywhere but in a demo folder."""
    phone = web_context(request).phone
    if phone is None:
        raise NothingToShow("There is no simulated iPhone here.", "It belongs to the demo.")
    return phone


# --- pages -----------------------------------------------------------------------------------------------------------


def show(request: Request) -> Response:
    """The sheet while it waits for an answer, else Settings."""
    phone = _phone(request)
    sheet, toggles = phone.sheet, phone.toggles
    if sheet is None:
        template = "simulated_phone/settings.html"
        share = _switches(toggles.share, toggles.share.__getitem__)
        read = _switches(toggles.read, toggles.read.__getitem__)
    else:
        template = "simulated_phone/sheet.html"
        every = "all" in request.query_params
        share, read = _switches(sheet.share, lambda _: every), _switches(sheet.read, lambda _: every)
    return render(request, template, share=share, read=read, now=phone.now(), locked=phone.locked)


def answer(request: Request, form: FormData) -> Response:
    """Allow with the switches as they are, Don't Allow with none, or all switches on and the sheet once more."""
    phone = _phone(request)
    said = form.get("answer")
    if said == "all":
        return redirect(f"{HERE}?all")
    allowed = said == "allow"
    phone.answer(_texts(form, "share") if allowed else (), _texts(form, "read") if allowed else ())
    return redirect(HERE)


def toggle(request: Request, form: FormData) -> Response:
    """One switch of Settings, turned over."""
    phone = _phone(request)
    toggles = phone.toggles
    share = {kind for kind, on in toggles.share.items() if on} ^ set(_texts(form, "share"))
    read = {kind for kind, on in toggles.read.items() if on} ^ set(_texts(form, "read"))
    phone.set_toggles(share, read)
    return redirect(HERE)


def turn_all(request: Request, form: FormData) -> Response:
    _phone(request).turn_all(on=form.get("turn") == "on")
    return redirect(HERE)


def open_app(request: Request, _: FormData) -> Response:
    """What opening the app on that phone does: it asks for what it was never allowed or refused."""
    asked = ask(_phone(request))
    return redirect(HERE if asked or _phone(request).sheet else "/today")


_ACTS: Mapping[str, Callable[[SimulatedPhone], None]] = {
    "day": SimulatedPhone.let_a_day_pass,
    "night": SimulatedPhone.record_a_night,
    "scale": SimulatedPhone.step_on_the_scale,
    "run": SimulatedPhone.finish_a_run,
    "lock": lambda phone: phone.lock(),
    "unlock": lambda phone: phone.lock(locked=False),
}


def act(request: Request, form: FormData) -> Response:
    phone = _phone(request)
    done = _ACTS.get(str(form.get("act")))
    if done is None:
        raise UsageError("The simulated iPhone cannot do that.", "Press one of its buttons.")
    done(phone)
    return redirect(HERE)


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


routes = [
    page(HERE, show),
    action(f"{HERE}/answer", answer),
    action(f"{HERE}/toggle", toggle),
    action(f"{HERE}/all", turn_all),
    action(f"{HERE}/open", open_app),
    action(f"{HERE}/act", act),
]
