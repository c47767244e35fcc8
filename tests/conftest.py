"""What every test shares: reproducible examples, and a last line that says what was not run."""

from __future__ import annotations

import gc
import signal
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from intervals_companion.store import secrets_desktop, sqlite
from support import one_compiler
from support.depth import examples

sqlite.SYNCHRONOUS = "OFF"  # a test in a process of its own says what it is there
secrets_desktop.GUESS_COST = 2**10  # nobody guesses; tests/unit/test_secrets.py holds what the program takes

one_compiler.install()

settings.register_profile(
    "reproducible", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow],
    max_examples=examples(100),
)  # fmt: skip
settings.load_profile("reproducible")

# A suite that a shell started in the background is deaf to Ctrl-C, and so would be the commands its tests press it on.
signal.signal(signal.SIGINT, signal.default_int_handler)

_LONGEST_FIRST = ("e2e", "scenarios", "property", "sandbox")
"""Suites in the order in which they are given to the workers, so that none is left with a long file at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {suite: place for place, suite in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


def pytest_sessionstart() -> None:
    """Nothing that is imported is garbage: the collector would look through it all, ever again."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported stays: the garbage collector need not look through it again with every test."""
    gc.collect()
    gc.freeze()
    gc.enable()


_ON_ONE_SERVER = frozenset(f"tests/e2e/{name}.py" for name in ("test_charts", "test_every_link", "test_one_moment"))
"""Files whose tests look at the same `used_home`, which takes longer to make than they take to look."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """A file of tests stays with one worker, and so do the files that share a server."""
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class ByFile(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return "on one server" if file in _ON_ONE_SERVER else file

    return ByFile(config, log)


_NOT_RUN = pytest.StashKey[str]()
_FACTS = "facts folder absent"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Gathers why tests were skipped; those that lack the facts folder are one reason."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        told = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = told.removeprefix("Skipped: ")
        reasons[f"{_FACTS} (set COMPANION_FACTS)" if reason.startswith(_FACTS) else reason] += 1
    listed = "; ".join(f"{count} x {reason}" for reason, count in reasons.most_common())
    config.stash[_NOT_RUN] = f"Not run: {listed}." if listed else "Not run: nothing, no test was skipped."


def pytest_unconfigure(config: pytest.Config) -> None:
    """The very last line, behind pytest's own."""
    if _NOT_RUN in config.stash:
        print(config.stash[_NOT_RUN])
