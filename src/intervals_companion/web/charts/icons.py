"""Icons on a grid of 24, drawn with one stroke of 1.75, and the logo. They stand beside words, so they are silent."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

_DOT = '<circle cx="{}" cy="{}" r="2.6" fill="currentColor" stroke="none"/>'

_PATHS: Mapping[str, str] = {
    # tabs
    "today": '<path class="faint" d="M3 6h18M3 12h18M3 18h18"/>'
    + _DOT.format(9, 6) + _DOT.format(15, 12) + _DOT.format(7.5, 18),
    "metrics": '<path d="m3.5 16 5-7 4 4 4.5-7 3.5 3"/><path class="faint" d="M3 20.5h18"/>',
    "activities": '<path d="M4 20v-5M9.3 20V4M14.6 20v-8M20 20V7"/>',
    "friends": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6"/>'
    '<path d="M16 4.7a3.5 3.5 0 0 1 0 6.6M18 14.6c2.2.8 3.5 2.7 3.5 5.4"/>',
    "sync": '<circle cx="5" cy="12" r="3" fill="currentColor"/><path d="M8 12h7"/><circle cx="18" cy="12" r="3"/>',
    "permissions": '<path d="M12 3 5 5.7v5.6c0 4.4 2.8 7.8 7 9.7 4.2-1.9 7-5.3 7-9.7V5.7z"/>'
    '<path d="m9 12 2.2 2.2L15.2 10"/>',
    "settings": '<path d="M3 7.5h10M19 7.5h2M3 16.5h2M11 16.5h10"/><circle cx="16" cy="7.5" r="2.6"/>'
    '<circle cx="8" cy="16.5" r="2.6"/>',
    # signs
    "up": '<path d="M12 19V5m-6 6 6-6 6 6"/>',
    "down": '<path d="M12 5v14m6-6-6 6-6-6"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "back": '<path d="m15 5-7 7 7 7"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "cross": '<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>',
    "dash": '<path d="M7 12h10"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "download": '<path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15"/>',
    "upload": '<path d="M12 16V5M7 9.5l5-5 5 5M4.5 20h15"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "warning": '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5M12 17.2v.3"/>',
    "refresh": '<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9"/>',
    "copy": '<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 5.5v-.5a1.5 1.5 0 0 0-1.5-1.5'
    'H5.5A1.5 1.5 0 0 0 4 5v8.5A1.5 1.5 0 0 0 5.5 15h.5"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3"/>',
    "phone": '<rect x="7" y="3" width="10" height="18" rx="2.5"/><path d="M11 18h2"/>',
    "heart": '<path d="M12 20S4 15.2 4 9.5A4.3 4.3 0 0 1 12 7.4a4.3 4.3 0 0 1 8 2.1C20 15.2 12 20 12 20z"/>',
    "hidden": '<path d="M4 4l16 16M9.9 6.2A9.6 9.6 0 0 1 12 6c5 0 8.3 4 9.5 6a16 16 0 0 1-3 3.5M6.3 8A15.7 15.7 0 0 0 '
    '2.5 12c1.2 2 4.5 6 9.5 6 1.5 0 2.8-.3 4-.9M10 10.2a2.7 2.7 0 0 0 3.8 3.8"/>',
    "comment": '<path d="M4 4.5h16V17h-8.5L7 20.5V17H4z"/>',
    # sports
    "ride": '<circle cx="5.5" cy="16" r="3.7"/><circle cx="18.5" cy="16" r="3.7"/>'
    '<path d="M5.5 16 9 8.5h6.5L18.5 16M9 8.5l3 7.5 3.5-7.5M12 16H5.5M7.2 6H10M14.2 5.5h2.6"/>',
    "run": '<circle cx="15.2" cy="4.3" r="1.9"/>'
    '<path d="M5.5 11.5 8.7 8l4.8.4-2.7 5.3 3.6 2.6-.9 5.2M10.2 15 8 18.7H3.8M13 9.3l2.2 3 4 .2"/>',
    "swim": '<circle cx="17.3" cy="8" r="2"/><path d="m6.5 13 4.6-2.7L8.5 7l5.2-2M11 10.2l4.2 2.8"/>'
    '<path d="M2.5 16c1.6-1.3 3.2-1.3 4.8 0s3.2 1.3 4.7 0 3.2-1.3 4.8 0 3.2 1.3 4.7 0"/>'
    '<path d="M2.5 20c1.6-1.3 3.2-1.3 4.8 0s3.2 1.3 4.7 0 3.2-1.3 4.8 0 3.2 1.3 4.7 0"/>',
    "strength": '<path d="M9 12h6M9 7.5v9M15 7.5v9M5.8 9v6M18.2 9v6M2.8 11v2M21.2 11v2"/>',
    "hike": '<path d="M2.5 18.5 9.5 7l4 6.5 2.3-3.5 5.7 8.5z"/><path d="m7.8 9.8 1.9 1.4"/>',
    "walk": '<circle cx="12.8" cy="4.3" r="1.9"/><path d="M8 12.5 9.7 9l3-1.3 1.7 3.8 3.1 1.3M12.2 8.3l-1.5 '
    '5.7 3.3 3.2.8 4.3M10.6 14.5 9.8 18 7.3 21.5"/>',
    "row": '<circle cx="12.5" cy="4.8" r="1.9"/><path d="M12 8.2 9.5 14h6l3.5 2.5M11.5 9.5l4.8 2.2 M17.8 6 '
    '8.5 18.5M3 19.5c2-1.3 4-1.3 6 0s4 1.3 6 0 4-1.3 6 0"/>',
    "ski": '<circle cx="14.5" cy="4.3" r="1.9"/><path d="m3.5 16.5 16 4.3c.8.2 1.5-.1 2-.7M8.5 8.5l4.5-.7 2 '
    '3.7-3.8 2.4 3.5 2.5-1.4 3M13.5 9.3l3.8 2.2"/>',
    "yoga": '<circle cx="12" cy="4.8" r="1.9"/><path d="M12 8.5v6M12 9.5 8 12.5l-3.5 1M12 9.5l4 3 3.5 1M12 '
    '14.5l-5 2.7 4 2.3h6.5M12 14.5l5 2.7"/>',
    "other": '<circle cx="12" cy="13.5" r="7"/><path d="M12 9.5v4l2.5 1.5M10 3.5h4M12 3.5v3"/>',
}  # fmt: skip

_SPORTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("Ride", "VirtualRide", "GravelRide", "MountainBikeRide", "EBikeRide", "EMountainBikeRide", "TrackRide"), "ride"
    ),
    **dict.fromkeys(("Cyclocross", "Velomobile", "Handcycle"), "ride"),
    **dict.fromkeys(("Run", "TrailRun", "VirtualRun"), "run"),
    **dict.fromkeys(("Swim", "OpenWaterSwim", "WaterSport"), "swim"),
    **dict.fromkeys(("WeightTraining", "Crossfit", "HighIntensityIntervalTraining"), "strength"),
    **dict.fromkeys(("Hike", "Snowshoe", "RockClimbing"), "hike"),
    "Walk": "walk",
    **dict.fromkeys(("Rowing", "VirtualRow", "Kayaking", "Canoeing", "StandUpPaddling"), "row"),
    **dict.fromkeys(("AlpineSki", "BackcountrySki", "NordicSki", "RollerSki", "Snowboard", "VirtualSki"), "ski"),
    **dict.fromkeys(("Yoga", "Pilates"), "yoga"),
}


def icon(name: str) -> Markup:
    """By its name. Raises KeyError."""
    return Markup('<svg class="icon" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">{}</svg>').format(
        Markup(_PATHS[name])  # noqa: S704 - our own drawing
    )


def sport_icon(kind: str | None) -> Markup:
    """Of an Intervals.icu activity type; a watch for those without a drawing of their own."""
    return icon(_SPORTS.get(kind or "", "other"))


def logo() -> Markup:
    """Two sides, one of them moved, and what joins them."""
    return Markup(
        '<svg class="logo" width="28" height="32" viewBox="0 0 28 32" aria-hidden="true">'
        '<path class="d-ink" d="M6 13.5h13v5H6z"/><rect class="d-ink" y="7" width="8" height="25" rx="2"/>'
        '<rect class="d-accent" x="19" width="8" height="25" rx="2"/></svg>'
    )
