"""Cures as data: steps of one act each, in the words of the very screen. Every face tells the same steps.

Only a few acts are done differently at a terminal, in the web app and in a document that has no buttons; a cure names
such an act, and `told` puts the steps that fit. `**word**` in a step is what the screen says.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from attrs import frozen

from intervals_companion.intervals.scopes import AREA_WORDS, LEVEL_WORDS, Area, Level, Scope


class Face(StrEnum):
    TERMINAL = "terminal"
    WEB = "web"
    DOCUMENT = "document"


class Link(NamedTuple):
    words: str
    address: str
    """A path of the web app, or a whole address."""


@frozen
class Step:
    text: str
    link: Link | None = None
    drawing: str = ""
    """Name of the drawing of the screen this step is done on: `consent:WELLNESS:WRITE`, `iphone:Shortcuts`."""

    @property
    def plain(self) -> str:
        return self.text.replace("**", "")


class Act(StrEnum):
    """What each face does in its own way."""

    SIGN_IN = "sign in"
    LOG_OUT_AND_IN = "log out and in"
    FULL_LOGOUT = "full logout"
    IMPORT = "import"
    PASTE_KEY = "paste the key"
    CREATE_FIELDS = "create fields"
    CHECK_AGAIN = "check again"


Cure = tuple[Step | Act, ...]

_SETTINGS_PAGE = Link("Settings", "/settings")
_LOGOUT, _FULL = Link("Logout", "/settings/leave/logout"), Link("Full Logout", "/settings/leave/full-logout")
_LOG_IN = Step("Log back in.", Link("Sign in", "/sign-in"))
_CHECK_HERE = Step("Press **Check again** on the permissions page.", Link("Permissions", "/permissions"))
_PASTE_HERE = Step("Paste it under **API key** on the permissions page.", Link("Permissions", "/permissions#key"))
_IMPORT_HERE = Step("Open the companion there and choose the file.", Link("Upload an export", "/connect/export"))

_ACTS: Mapping[Act, Mapping[Face, tuple[Step, ...]]] = {
    Act.SIGN_IN: {
        Face.TERMINAL: (Step("Run: companion login"),),
        Face.WEB: (Step("Press **Sign in again** below. Nothing here is lost."),),
        Face.DOCUMENT: (Step("Sign in again.", Link("Sign in", "/sign-in")),),
    },
    Act.LOG_OUT_AND_IN: {
        Face.TERMINAL: (Step("Run: companion logout"), Step("Run: companion login")),
        Face.WEB: (
            Step(
                "Press **Log out and sign in** below. Nothing here is lost.",
                Link("Or by hand: Settings, Logout, then sign in", "/settings"),
            ),
        ),
        Face.DOCUMENT: (Step("Open **Settings**.", _SETTINGS_PAGE), Step("Press **Logout**.", _LOGOUT), _LOG_IN),
    },
    Act.FULL_LOGOUT: {
        Face.TERMINAL: (Step("Run: companion logout --full"), Step("Run: companion login")),
        Face.WEB: (Step("Open **Settings**.", _SETTINGS_PAGE), Step("Press **Full Logout**.", _FULL), _LOG_IN),
        Face.DOCUMENT: (Step("Open **Settings**.", _SETTINGS_PAGE), Step("Press **Full Logout**.", _FULL), _LOG_IN),
    },
    Act.IMPORT: {
        Face.TERMINAL: (Step("Copy export.zip to this machine."), Step("Run: companion import export.zip")),
        Face.WEB: (_IMPORT_HERE,),
        Face.DOCUMENT: (_IMPORT_HERE,),
    },
    Act.PASTE_KEY: {
        Face.TERMINAL: (Step("Run: companion serve, and paste it on the page Permissions."),),
        Face.WEB: (_PASTE_HERE,),
        Face.DOCUMENT: (_PASTE_HERE,),
    },
    Act.CREATE_FIELDS: {
        Face.TERMINAL: (Step("Run: companion login --create-fields"),),
        Face.WEB: (
            Step(
                "Let the companion create them: press the button below. If Intervals.icu asks, leave **Update** "
                "checked beside **Settings**."
            ),
        ),
        Face.DOCUMENT: (
            Step("Let the companion create them.", Link("Create the fields", "/permissions/custom-fields")),
        ),
    },
    Act.CHECK_AGAIN: {
        Face.TERMINAL: (Step("Run: companion doctor"),),
        Face.WEB: (_CHECK_HERE,),
        Face.DOCUMENT: (_CHECK_HERE,),
    },
}


def told(cure: Cure, face: Face) -> tuple[Step, ...]:
    """The steps as this face tells them."""
    return tuple(step for one in cure for step in ((one,) if isinstance(one, Step) else _ACTS[one][face]))


# --- at Intervals.icu ------------------------------------------------------------------------------------------------

ORIGIN = "https://intervals.icu"
_INTERVALS_SETTINGS = Step("Open **intervals.icu/settings** in a browser.", Link("Open it", f"{ORIGIN}/settings"))
_CONSENT_SIGN_IN = Step("Sign in at Intervals.icu if it asks.")
_OWN = (Area.ACTIVITY, Area.WELLNESS)


def missing_scope(scope: Scope) -> Cure:
    """How a missing box is ticked: only a new sign-in brings a new grant."""
    return (
        Act.LOG_OUT_AND_IN,
        _CONSENT_SIGN_IN,
        Step(_ticked(scope), drawing=f"consent:{scope}"),
        Step("Press **OK**. What was held goes out by itself."),
    )


def _ticked(scope: Scope) -> str:
    if scope.area in _OWN:
        names = " and ".join(f"**{AREA_WORDS[area]}**" for area in _OWN)
        return f"On the permissions screen make sure {names} have both **Read** and **Update** checked."
    levels = " and ".join(
        f"**{LEVEL_WORDS[level]}**"
        for level in ((Level.READ, Level.WRITE) if scope.level == Level.WRITE else (scope.level,))
    )
    are = "are" if scope.level == Level.WRITE else "is"
    return f"On the permissions screen make sure {levels} {are} checked beside **{AREA_WORDS[scope.area]}**."


SIGN_IN: Cure = (Act.SIGN_IN, _CONSENT_SIGN_IN, Step("Leave every box checked and press **OK**.", drawing="consent:"))

STUCK: Cure = (
    Act.FULL_LOGOUT,
    Step("Leave every box checked and press **OK**.", drawing="consent:"),
)

CUSTOM_FIELDS: Cure = (
    Act.CREATE_FIELDS,
    Step(
        "Or define them yourself at Intervals.icu: **Settings**, **Wellness**, custom fields.",
        Link("Open it", f"{ORIGIN}/settings"),
    ),
)

# --- the API key -----------------------------------------------------------------------------------------------------

_TO_DEVELOPER = (_INTERVALS_SETTINGS, Step("Scroll to **Developer Settings**."))
_VIEW = Step("Next to **API Key** press **(view)**.", drawing="developer:")

KEY_NONE: Cure = (
    *_TO_DEVELOPER,
    _VIEW,
    Step("Press **Generate**.", drawing="key:Generate"),
    Act.LOG_OUT_AND_IN,
)
KEY_REFUSED: Cure = (*_TO_DEVELOPER, _VIEW, Step("Copy the key that is shown."), Act.PASTE_KEY)
KEY_UNSEEN: Cure = KEY_REFUSED

# --- on the iPhone ---------------------------------------------------------------------------------------------------

_EXPORT: Cure = (
    Step("On the iPhone open **Health**."),
    Step("Tap your picture, top right."),
    Step("Scroll down and tap **Export All Health Data**."),
    Act.IMPORT,
)


SHEET: Cure = (
    Step("On the iPhone open **Intervals Companion**. Its permission sheet appears."),
    Step("Tap **Turn On All**.", drawing="iphone:Intervals Companion"),
    Step("Tap **Allow**."),
)


def _toggles(app: str) -> Cure:
    """Where iOS keeps what an app may read and write."""
    return (
        Step("On the iPhone open **Settings**."),
        Step("Tap **Privacy & Security**, then **Health**."),
        Step(f"Tap **{app}**."),
        Step("Tap **Turn On All**.", drawing=f"iphone:{app}"),
    )


WRITE: Cure = _toggles("Intervals Companion")
"""Only our own app writes to Health."""
_BY_WAY: Mapping[str, Cure] = {
    "export": _EXPORT,
    "health-auto-export": (
        *_toggles("Health Auto Export"),
        Step("In Health Auto Export open the automation, and see that the metric is among its **Health Metrics**."),
    ),
    "shortcuts": (*_toggles("Shortcuts"), Step("Run the shortcut once.")),
    "healthkit": WRITE,
    "simulated": WRITE,
}
WAYS: Mapping[str, str] = {
    "export": "Export from the Health app",
    "health-auto-export": "Health Auto Export",
    "shortcuts": "Shortcut",
    "healthkit": "iPhone app",
    "simulated": "Simulated iPhone",
}
"""The channels in a person's words."""


def health(channel: str | None) -> Cure:
    """How a Health type comes again by this way; an export for a way nobody knows."""
    return _BY_WAY.get(channel or "", _EXPORT)


_OPEN_AGAIN: Mapping[str, Cure] = {
    "health-auto-export": (
        Step("On the iPhone open **Health Auto Export**."),
        Step("Open the automation: see that it is **enabled** and sends to the address on the set-up page.",
             Link("Set up Health Auto Export", "/connect/health-auto-export")),
        Step("Tap **Update Now**."),
    ),
    "shortcuts": (
        Step("On the iPhone open **Shortcuts**, then **Automation**."),
        Step(
            "See that the automation is there and **runs immediately**.",
            Link("Set up the shortcut", "/connect/shortcut"),
        ),
        Step("Run the shortcut once."),
    ),
    "healthkit": (Step("On the iPhone unlock the phone and open **Intervals Companion**."),),
    "simulated": (Step("Open the simulated iPhone, unlock it and let a day pass.", Link("Open it", "/phone")),),
}  # fmt: skip


def silent(channel: str) -> Cure:
    """How a way that has fallen silent is woken."""
    return _OPEN_AGAIN.get(channel, _EXPORT)
