"""From the name a workout is shown by to HealthKit's activity. The name is in the phone's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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

_PARTS_OF_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    # Parts of names in languages that inflect or write no spaces. Compounds first: a ski run is no run, a water walk no
    # walk, table tennis no tennis.
    ("CrossCountrySkiing", ("langlauf", "ski de fond", "längdskid", "längdåkning", "langrenn", "langrend", "hiihto",
                            "esquí de fondo", "sci di fondo", "беговые лыжи", "クロスカントリー", "越野滑雪",
                            "biegow", "běžky", "크로스컨트리")),
    ("DownhillSkiing", ("ski alpin", "abfahrt", "skifahren", "esquí alpino", "sci alpino", "alpine", "горные лыжи",
                        "高山滑雪", "滑降スキー", "utförsåkning")),
    ("Snowboarding", ("snowboard", "сноуборд", "スノーボード", "单板滑雪", "スノボ", "스노보드")),
    ("SkatingSports", ("skating", "skate", "eislauf", "inlin", "patinage", "patinaje", "pattinaggio", "patinação",
                       "schaats", "skridsko", "luistelu", "коньк", "スケート", "滑冰", "轮滑", "溜冰", "스케이팅",
                       "łyżw", "brusl", "skøyte", "skøjte", "roller")),
    ("TableTennis", ("tischtennis", "tennis de table", "tenis de mesa", "ping", "tafeltennis", "bordtennis",
                     "pöytätennis", "настольный теннис", "卓球", "乒乓", "탁구")),
    ("Cycling", ("radfahr", "rad fahren", "fahrrad", "cyclis", "ciclis", "ciclism", "bicicl", "vélo", "fiets",
                 "wielren", "cykel", "cykling", "sykkel", "sykling", "pyöräily", "велос", "велоспорт", "サイクリング",
                 "骑行", "騎車", "單車", "骑车", "자전거", "사이클", "kolarstw", "rower", "cyklist", "kerékpár",
                 "bisiklet", "دراجات", "دراجة", "רכיבה", "ποδηλα", "ปั่นจักรยาน", "đạp xe", "bersepeda",
                 "berbasikal", "साइकिल", "їзда на велосипед")),
    ("Swimming", ("schwimm", "natation", "nage", "natación", "nuoto", "natação", "zwem", "simning", "simma",
                  "svømning", "svømming", "uinti", "плаван", "水泳", "スイミング", "游泳", "수영", "pływan", "plaván",
                  "úszás", "yüzme", "سباحة", "שחייה", "κολύμ", "ว่ายน้ำ", "bơi", "berenang", "तैराकी", "înot")),
    ("Rowing", ("ruder", "aviron", "rameur", "canottaggio", "vogatore", "roei", "rodd", "roning", "soutu", "гребля",
                "ローイング", "划船", "로잉", "wioślar", "veslov", "evezés", "kürek", "تجديف", "חתירה", "κωπηλα")),
    ("Hiking", ("wander", "randonnée", "senderismo", "escursion", "trilha", "vandring", "fottur", "vandre", "vaellus",
                "поход", "ハイキング", "徒步", "健行", "등산", "하이킹", "wędrów", "turistika", "túráz",
                "doğa yürüyüşü",
                "طويل المشي", "טיול", "πεζοπορ")),
    ("TraditionalStrengthTraining", ("krafttraining", "musculation", "entrenamiento de fuerza", "krachttraining",
                                     "treinamento de força", "styrketräning", "styrketrening", "styrketræning",
                                     "voimaharjoittelu", "силов", "筋力", "筋トレ", "力量训练", "肌力", "근력",
                                     "trening siłowy", "silov")),
    ("Walking", ("spazier", "gehen", "marche", "camina", "camminata", "caminhada", "wandel", "promenad", "gång",
                 "gåtur", "gange", "gåing", "kävely", "ходьба", "ウォーキング", "步行", "健走", "걷기", "chód",
                 "spacer", "chůze", "chôdza", "gyaloglás", "yürüyüş", "المشي", "הליכה", "περπάτ", "เดิน", "đi bộ",
                 "berjalan", "टहल", "mers pe jos")),
    ("Running", ("laufen", "dauerlauf", "joggen", "jogging", "course à pied", "correr", "carrera", "corsa", "corrida",
                 "hardlop", "löpning", "löpträning", "løping", "løb", "juoksu", "бег", "ランニング", "跑步", "달리기",
                 "러닝", "bieg", "běh", "beh ", "futás", "koşu", "الجري", "ריצה", "τρέξιμο", "วิ่ง", "chạy", "berlari",
                 "दौड़", "alergare", "trčanje", "біг")),
    ("Yoga", ("yoga", "йога", "ヨガ", "瑜伽", "瑜珈", "요가", "joga", "jóga")),
)  # fmt: skip
"""By evidence: what phones of these languages were seen to write, and the plain words of the sport."""

_IDENTIFIERS = ("workoutActivityType", "activityType", "workoutType")
_PREFIX = "HKWorkoutActivityType"
_BY_IDENTIFIER = {sport.name.casefold(): sport.name for sport in SPORTS} | {
    str(sport.number): sport.name for sport in SPORTS
}

RUNNING_PACE = 2.0
"""m/s. Between walking and running people change over by themselves at about 2 m/s (Hreljac, Gait transition, 1993:
2.05). Whoever takes steps faster than that over a whole workout runs."""

FASTEST_RUN = 7.0
"""m/s. Of a whole workout; beyond it the steps were taken by something else."""

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


def activity(name: str, fields: Mapping[str, Any], speed: float | None = None) -> str:
    """HealthKit's name: by identifier, by the name in the phone's language, else by the kinds of data (`fields`).

    `speed`: m/s over the whole workout, where distance and length are known. `Other` where nothing tells a sport.
    """
    known = next((found for given in (*map(fields.get, _IDENTIFIERS), name) if (found := _identified(given))), None)
    if known is not None:
        return known
    words = _words(name)
    if (known := _BY_WORDS.get(words)) is not None:
        return known
    for pattern, sport in _IN_OTHER_LANGUAGES:
        if re.search(pattern, words):
            return sport
    for sport, parts in _PARTS_OF_NAMES:
        if any(part in words for part in parts):
            return sport
    return _by_evidence(fields, speed)


def _identified(given: object) -> str | None:
    """The activity of an identifier or a number of HealthKit's; a name for people is neither."""
    if isinstance(given, int) and not isinstance(given, bool):
        return _BY_IDENTIFIER.get(str(given))
    if not isinstance(given, str) or not (given.startswith(_PREFIX) or given.isdecimal()):
        return None
    return _BY_IDENTIFIER.get(given.removeprefix(_PREFIX).casefold())


def _by_evidence(fields: Mapping[str, Any], speed: float | None) -> str:
    present = {field for field, value in fields.items() if value is not None}
    found = next((sport for kinds, sport in _SHOWN_BY if kinds & present), None)
    if found is not None:
        return found
    if present & {"runningPower", "runningSpeed"}:
        return "Running"
    if fields.get("stepCount") and fields.get("walkingAndRunningDistance") and speed and speed <= FASTEST_RUN:
        return "Running" if speed >= RUNNING_PACE else "Walking"
    return OTHER
