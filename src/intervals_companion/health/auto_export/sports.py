"""From the name a workout is shown by to HealthKit's activity. The name is in the phone's language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intervals_companion.domain.sports import SPORTS

_PLACES = re.compile(r"\b(outdoor|indoor|pool|open water)\b")

_OTHER_WORDS = {
    "run": "Running", "walk": "Walking", "cycle": "Cycling", "bike": "Cycling", "ride": "Cycling", "swim": "Swimming",
    "row": "Rowing", "rower": "Rowing", "hike": "Hiking", "hiit": "HighIntensityIntervalTraining",
    "strength training": "TraditionalStrengthTraining", "stair stepper": "Stairs", "dance": "CardioDance",
    "multisport": "SwimBikeRun", "skiing": "DownhillSkiing", "mind & body": "MindAndBody",
    "wheelchair walk pace": "WheelchairWalkPace", "wheelchair run pace": "WheelchairRunPace",
}  # fmt: skip

_IN_OTHER_LANGUAGES: tuple[tuple[str, str], ...] = (
    # what the Health app calls the four great sports in German, French, Spanish, Italian, Dutch and Portuguese
    (r"\b(laufen|lauf|course|carrera|correr|corsa|hardlopen|corrida)\b", "Running"),
    (r"(gehen|spazier|\bmarche|caminata|caminar|caminhada|camminata|wandelen)", "Walking"),
    (r"(radfahren|rad fahren|vélo|cyclisme|ciclismo|bicicleta|fietsen)", "Cycling"),
    (r"(schwimmen|natation|natación|nuoto|zwemmen|natação|nadar)", "Swimming"),
    (r"(krafttraining|musculation|entrenamiento de fuerza|krachttraining)", "TraditionalStrengthTraining"),
    (r"(wandern|randonnée|senderismo|escursionismo)", "Hiking"),
    (r"(rudern|aviron|\bremo\b|canottaggio|roeien)", "Rowing"),
)

_SHOWN_BY = (
    (frozenset({"cyclingDistance", "cyclingCadence", "cyclingPower", "cyclingSpeed"}), "Cycling"),
    (frozenset({"swimDistance", "swimStroke", "totalSwimmingStrokeCount", "swimCadence", "lapLength"}), "Swimming"),
)

OTHER = "Other"


def _words(name: str) -> str:
    return " ".join(_PLACES.sub(" ", name.casefold().replace("_", " ")).split())


def _split(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


_BY_WORDS = (
    {_words(_split(sport.name)): sport.name for sport in SPORTS}
    | {_words(sport.name): sport.name for sport in SPORTS}
    | _OTHER_WORDS
)


def activity(name: str, fields: Iterable[str]) -> str:
    """HealthKit's name; `Other` where neither the words nor the kinds of data (`fields`) tell a sport."""
    words = _words(name)
    if (known := _BY_WORDS.get(words)) is not None:
        return known
    for pattern, sport in _IN_OTHER_LANGUAGES:
        if re.search(pattern, words):
            return sport
    present = set(fields)
    return next((sport for kinds, sport in _SHOWN_BY if kinds & present), OTHER)
