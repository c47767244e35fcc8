"""The command `companion`. Each command's module is imported only when that command runs: help must be quick."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter

from intervals_companion import __version__
from intervals_companion.domain.errors import CompanionError, UsageError

STOPPED = 130

COMMANDS = {
    "import": ("importing:import_", "Read an Apple Health export into the data folder."),
    "metrics": ("metrics:metrics", "Show the days Health makes: values, sources, formulas."),
    "workouts": ("workouts:app", "List the workouts, or write one as a FIT file."),
    "login": ("login:login", "Sign in to Intervals.icu."),
    "logout": ("login:logout", "Sign out: disconnect there, forget token and key here."),
    "sync": ("sync:sync", "Bring Intervals.icu up to date with Health."),
    "doctor": ("doctor:doctor", "Say what is missing, and how to put it right."),
    "demo": ("demo:demo", "Live it all through with made-up data and a local Intervals.icu."),
    "sandbox": ("sandbox:sandbox", "Run a local Intervals.icu to try things on."),
}


def make_app() -> App:
    app = App(
        name="companion",
        help="Keeps Apple Health and Intervals.icu in step, and says plainly which permission is missing.",
        help_format="plaintext",
        default_parameter=Parameter(negative="", show_default=False),
        version=__version__,
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, (place, help_text) in COMMANDS.items():
        app.command(f"intervals_companion.cli.{place}", name=name, help=help_text, sort_key=list(COMMANDS).index(name))
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and gives its exit code: 0 ok, or as `domain/errors.py` says."""
    from intervals_companion.cli import output

    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = make_app()(tokens, exit_on_error=False)
    except CycloptsError:
        return UsageError.exit_code  # cyclopts has said what is wrong
    except CompanionError as problem:
        output.print_error(problem, as_json="--json" in tokens)
        return problem.exit_code
    except KeyboardInterrupt:
        output.print_stopped()
        return STOPPED
    except BrokenPipeError:
        return 0
    return result if isinstance(result, int) else 0


def run() -> None:
    sys.exit(main())
