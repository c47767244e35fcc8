"""The invented people whom the demo athlete follows, and what kind of training each of them does."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from intervals_sandbox.world.sketch import Efforts, Place


@frozen
class Kind:
    """One sort of training. Ranges are drawn from for each session."""

    type: str
    names: tuple[str, ...]
    minutes: tuple[int, int]
    speed: tuple[float, float] = (0.0, 0.0)
    """m/s."""
    effort: tuple[float, float] = (0.75, 0.85)
    """Average heart rate as a share of the threshold's."""
    power: tuple[float, float] | None = None
    """Average power as a share of FTP."""
    indoor: bool = False
    climb: float = 0.0
    """Metres per kilometre."""
    efforts: Efforts | None = None


KINDS: Mapping[str, Kind] = {
    "easy run": Kind(
        "Run",
        ("Easy run", "River loop", "Before breakfast"),
        minutes=(32, 55),
        speed=(2.7, 3.2),
        effort=(0.8, 0.87),
        climb=6,
    ),
    "long run": Kind(
        "Run",
        ("Forest loop", "Long run", "Round the lake"),
        minutes=(80, 125),
        speed=(2.7, 3.2),
        effort=(0.82, 0.88),
        climb=9,
    ),
    "intervals": Kind(
        "Run",
        ("6 × 3 min", "Track night"),
        minutes=(42, 52),
        speed=(3.1, 3.6),
        effort=(0.88, 0.93),
        climb=2,
        efforts=Efforts(6, 180, 120),
    ),
    "ride": Kind(
        "Ride",
        ("Out and back", "Coffee ride", "Flat and windy"),
        minutes=(60, 110),
        speed=(7, 8.6),
        effort=(0.72, 0.8),
        power=(0.6, 0.7),
        climb=7,
    ),
    "long ride": Kind(
        "Ride",
        ("Five cols, no coffee", "The big loop", "All day out"),
        minutes=(200, 350),
        speed=(6.8, 7.9),
        effort=(0.72, 0.79),
        power=(0.58, 0.68),
        climb=14,
    ),
    "threshold": Kind(
        "Ride",
        ("Before work, 3 × 12 min", "3 × 12 min"),
        minutes=(70, 84),
        speed=(7.6, 8.6),
        effort=(0.82, 0.88),
        power=(0.74, 0.82),
        climb=5,
        efforts=Efforts(3, 720, 300, 900),
    ),
    "trainer": Kind(
        "VirtualRide",
        ("Turbo hour", "In the cellar"),
        minutes=(40, 62),
        speed=(8.6, 10),
        effort=(0.78, 0.86),
        power=(0.68, 0.78),
        indoor=True,
    ),
    "swim": Kind(
        "Swim",
        ("Long course, 3 km", "Drills and 100s"),
        minutes=(45, 62),
        speed=(0.78, 0.95),
        effort=(0.74, 0.82),
        indoor=True,
    ),
    "strength": Kind(
        "WeightTraining",
        ("Core and shoulders", "Legs"),
        minutes=(30, 45),
        effort=(0.6, 0.7),
        indoor=True,
    ),
    "walk": Kind(
        "Walk",
        ("Evening walk", "With the dog"),
        minutes=(35, 70),
        speed=(1.3, 1.6),
        effort=(0.52, 0.6),
        climb=6,
    ),
    "yoga": Kind(
        "Yoga",
        ("Yoga", "Stretching"),
        minutes=(25, 40),
        effort=(0.45, 0.52),
        indoor=True,
    ),
    "row": Kind(
        "Rowing",
        ("5 km row", "Steady row"),
        minutes=(22, 34),
        speed=(3.6, 4.2),
        effort=(0.8, 0.88),
        indoor=True,
    ),
}


@frozen
class Person:
    first: str
    last: str
    zone: str
    place: Place
    week: tuple[str, ...]
    """The kind of each day from Monday to Sunday; empty for rest."""
    sex: str = "F"
    ftp: int = 230
    lthr: int = 168
    max_hr: int = 186
    resting: int = 52
    weight: float = 64.0
    skips: float = 0.15
    """Share of planned days that come to nothing."""
    hour: int = 6
    strava: float = 0.0
    """Share of activities that come through Strava and are stubs here."""
    private: float = 0.0
    """Share kept from followers."""
    hides: tuple[str, ...] = ()
    """Wellness fields kept from followers."""
    legacy: bool = False
    """Has one old activity of which nothing but the start is left."""
    coached: bool = False
    """The demo athlete is their coach."""
    watches: bool = True
    """Has a device that tells of training and of nights; without one nothing is known of them yet."""


PEOPLE: tuple[Person, ...] = (
    Person(
        *("Jana", "Vogel", "Europe/Zurich", Place(46.95, 7.44)),
        week=("", "threshold", "easy run", "threshold", "", "ride", "long ride"),
        ftp=262, weight=59.5, skips=0.1,
    ),
    Person(
        *("Tomas", "Ortega", "Europe/Madrid", Place(40.42, -3.79)),
        week=("strength", "intervals", "easy run", "", "easy run", "", "long run"),
        sex="M", lthr=172, max_hr=191, weight=71.2, hour=15,
    ),
    Person(
        *("Rin", "Kimura", "Asia/Tokyo", Place(35.66, 139.32)),
        week=("swim", "easy run", "swim", "strength", "swim", "ride", "strength"),
        lthr=165, weight=55.0, hour=5, coached=True,
    ),
    Person(
        *("Ane", "Larsen", "Europe/Oslo", Place(59.98, 10.66)),
        week=("", "easy run", "", "intervals", "", "long run", "walk"),
        weight=62.3, strava=0.6, hour=7,
    ),
    Person(
        *("Noah", "Whitfield", "America/Denver", Place(39.99, -105.29)),
        week=("trainer", "", "threshold", "easy run", "", "long ride", "ride"),
        sex="M", ftp=305, weight=76.8, hour=6, private=0.2,
    ),
    Person(
        *("Priya", "Nair", "Europe/London", Place(51.45, -0.29)),
        week=("yoga", "easy run", "row", "", "easy run", "walk", "long run"),
        weight=58.1, hour=6, hides=("weight", "restingHR", "hrv", "sleepSecs"),
    ),
    Person(
        *("Bruno", "Cardoso", "America/Sao_Paulo", Place(-23.62, -46.8)),
        week=("ride", "strength", "ride", "", "trainer", "long ride", ""),
        sex="M", ftp=274, weight=79.4, strava=0.25, hour=5, legacy=True,
    ),
    Person(
        *("Mei", "Tanaka-Ross", "Australia/Melbourne", Place(-37.8, 145.05)),
        week=("swim", "trainer", "easy run", "swim", "", "ride", "long run"),
        ftp=215, weight=57.6, hour=5,
    ),
)  # fmt: skip
"""The first whom the demo athlete follows; a longer list goes on with `NEWCOMER`, then with others who train alike."""

NEWCOMER = Person(
    *("Ilse", "Brandt", "Europe/Vienna", Place(48.21, 16.36)),
    week=("",) * 7, watches=False,
)  # fmt: skip
"""Has signed up and done nothing yet."""

_FIRST = (
    *("Aino", "Bela", "Chiara", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Lorenzo"),
    *("Maja", "Nils", "Olga", "Pau", "Quirin", "Rosa", "Stellan", "Tove", "Umut", "Vera", "Wim", "Yara", "Zeno"),
)
_LAST = (
    *("Aalto", "Brennan", "Costa", "Dijkstra", "Eklund", "Fontaine", "Grieg", "Horvat", "Iversen", "Jansen", "Kowal"),
    *("Lindqvist", "Moretti", "Novak", "Okafor", "Petrov", "Quintero", "Rossi", "Silva", "Turner", "Ueda", "Varga"),
)
_STRETCH = (0.92, 1.0, 1.07, 0.96, 1.11)


def followed(count: int) -> list[Person]:
    """So many people, always in the same order."""
    known = (*PEOPLE, NEWCOMER)
    return [*known[:count], *(_another(number) for number in range(count - len(known)))]


def _another(number: int) -> Person:
    """Trains like one of the first, under another name and with other strengths."""
    like, stretch = PEOPLE[number % len(PEOPLE)], _STRETCH[number % len(_STRETCH)]
    turn = number // len(_FIRST)
    return evolve(
        like,
        first=_FIRST[number % len(_FIRST)],
        last=_LAST[(number + turn) % len(_LAST)],
        ftp=round(like.ftp * stretch),
        weight=round(like.weight * (2 - stretch), 1),
        resting=like.resting + number % 5 - 2,
        hour=5 + (like.hour + number) % 10,
        legacy=False,
        coached=False,
    )
