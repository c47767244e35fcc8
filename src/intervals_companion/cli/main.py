"""The command `companion`. Each command's module is imported only when that command runs: help must be quick."""

from __future__ import annotations

import errno
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

from intervals_companion import __version__
from intervals_companion.domain.errors import CompanionError, StorageError, UsageError

STOPPED = 130

COMMANDS = {
    "import": ("import_export:import_", "Read an Apple Health export into the data folder."),
    "archive": ("archive:app", "Show what Health data is here, and answer for imports."),
    "metrics": ("metrics:metrics", "Show the days Health makes: values, sources, formulas."),
    "sources": ("sources:app", "Show who measured, and say whose values count."),
    "workouts": ("workouts:app", "List the workouts, or write one as a FIT file."),
    "login": ("login:login", "Sign in to Intervals.icu."),
    "logout": ("login:logout", "Sign out: disconnect there, forget token and key here."),
    "delete-everything": ("erase:delete_everything", "Remove everything this program keeps on this machine."),
    "sync": ("sync:sync", "Bring Intervals.icu up to date with Health."),
    "feed": ("feed:feed", "Show what the athletes you follow or coach did."),
    "show": ("feed:show", "Show one activity, yours or theirs, with its comments."),
    "comment": ("feed:comment", "Write a comment on an activity."),
    "doctor": ("doctor:doctor", "Say what is missing, and how to put it right."),
    "serve": ("serve:serve", "Serve the web app on this machine."),
    "link": ("serve:link", "Let one more browser into the web app."),
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
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _carry_out(tokens)
        sys.stdout.flush()
    except BrokenPipeError:
        _say_no_more()
        return 0
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        from intervals_companion.cli import output

        _say_no_more()
        output.print_error(
            StorageError(f"The answer could not be written ({problem.strerror}).", "Make room, or write it elsewhere.")
        )
        return StorageError.exit_code
    return code


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _carry_out(tokens: list[str]) -> int:
    from intervals_companion.cli import output

    try:
        result = make_app()(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as problem:
        return _refuse(_usage(problem), tokens)
    except CompanionError as problem:
        return _refuse(problem, tokens)
    except KeyboardInterrupt:
        output.print_stopped()
        return STOPPED
    except OSError as problem:
        if isinstance(problem, BrokenPipeError) or problem.errno in _FULL:
            raise
        return _unexpected(problem, tokens)
    except Exception as problem:  # noqa: BLE001  (the last one there is: it says where, never what)
        return _unexpected(problem, tokens)
    return result if isinstance(result, int) else 0


def _refuse(problem: CompanionError, tokens: list[str]) -> int:
    from intervals_companion.cli import output

    output.print_error(problem, as_json="--json" in tokens)
    return problem.exit_code


def _usage(problem: CycloptsError) -> UsageError:
    command = " ".join(["companion", *(problem.command_chain or ())])
    # What was too much may be a key that somebody put there: it is not repeated.
    cause = "There are words too many." if isinstance(problem, UnusedCliTokensError) else str(problem)
    return UsageError(cause, f"See what can be said: {command} --help")


def _unexpected(problem: Exception, tokens: list[str]) -> int:
    """In words, without a value of anybody's data: the message of an unknown error may hold one."""
    if os.environ.get("COMPANION_DEBUG") == "1":
        raise problem
    last = traceback.extract_tb(problem.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    words = CompanionError(
        f"Something went wrong that nobody expected: {type(problem).__name__} at {place}.",
        "What was done before is kept. Report it with that place; COMPANION_DEBUG=1 shows more, maybe with your data.",
    )
    return _refuse(words, tokens)


def _say_no_more() -> None:
    """Nobody reads standard output any more, or it takes nothing: what is still buffered must not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_BETWEEN_LOOKS = 20_000
"""Objects made before the garbage collector looks for what nobody holds, instead of 700: starting makes a hundred
thousand, all of which stay.
"""


def run() -> None:
    gc.set_threshold(_BETWEEN_LOOKS)
    from intervals_companion.cli import stopping

    stopping.sigterm_like_ctrl_c()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a path may hold what no terminal can show
    sys.exit(main())
