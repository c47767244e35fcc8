"""companion login and logout."""

from __future__ import annotations

import getpass
import os
import sys
import webbrowser
from typing import Annotated

from cyclopts import Parameter

from intervals_companion.app.account import custom_fields, notices, sign_in
from intervals_companion.app.account.logout import SignedOut
from intervals_companion.app.account.sign_in import Revocation, SignedIn
from intervals_companion.app.context import AppContext
from intervals_companion.app.data import erase
from intervals_companion.app.doctor import examine
from intervals_companion.cli import output
from intervals_companion.cli.context import open_context, read_settings
from intervals_companion.cli.oauth_loopback import landing
from intervals_companion.domain.errors import NotSignedIn, SignInExpired, UsageError


def login(
    *,
    api_key: bool = False,
    no_browser: bool = False,
    create_fields: bool = False,
    url: str | None = None,
    client_id: str | None = None,
) -> int:
    """Sign in to Intervals.icu, in your browser or with your API key.

    Parameters
    ----------
    api_key
        Sign in with the account's API key: it is asked for, or read from standard input, never from the command line.
    no_browser
        Print the address instead of opening it. Over ssh: open it anywhere, then paste the address you land on.
    create_fields
        Also ask for the right to define custom wellness fields, and define those that are missing.
    url
        The service; https://intervals.icu if left out.
    client_id
        The OAuth client of your own app at Intervals.icu.
    """
    chosen = read_settings().with_options(intervals_url=url, client_id=client_id)
    with open_context(chosen) as context:
        if api_key:
            owner = sign_in.with_key(context, _asked_key())
        else:
            owner = _by_browser(context, no_browser or bool(os.environ.get("SSH_CONNECTION")), create_fields)
        _print_signed_in(context, owner)
        if create_fields:
            created = custom_fields.create_custom_fields(context)
            said = f"Custom fields defined: {', '.join(created)}." if created else "All custom fields existed."
            output.out().print(said)
        examine.examine(context)
    return 0


def _asked_key() -> str:
    typed = getpass.getpass("API key: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not typed.strip():
        raise UsageError(
            "No API key was given.", "Copy it at Intervals.icu: Settings, Developer Settings, API Key (view)."
        )
    return typed.strip()


def _by_browser(context: AppContext, paste: bool, create_fields: bool) -> SignedIn:
    console = output.out()
    with landing() as here:
        start = sign_in.begin(context, here.redirect, create_fields=create_fields)
        here.expect(start.state)
        if paste or not webbrowser.open(start.url):
            console.print("Open this address in a browser:")
            console.print(start.url, markup=False, soft_wrap=True)
            console.print("If the page you land on cannot be shown, paste its address here:")
            here.listen_to_terminal(_not_that_address)
        else:
            console.print("Waiting for you in the browser. Ctrl-C stops.")
        return sign_in.finish(context, start, here.wait(), create_fields=create_fields)


def _not_that_address() -> None:
    output.err().print("That is not the address you landed on after this sign-in. Paste the whole address again:")


_CHOOSE_ZONE = "companion import PATH --home-zone {zone}"


def _print_signed_in(context: AppContext, owner: SignedIn) -> None:
    console = output.out()
    console.print(f"Signed in as {owner.account.name} ({owner.account.intervals_id}).", markup=False)
    if owner.by == sign_in.KEY:
        console.print("By API key: it has all rights to your account. Keep it like a password.")
    if owner.replaced is not None:
        console.print(f"It takes the place of the sign-in by OAuth. {_about(owner.replaced)}", markup=False)
    for line in (*notices.what_is_missing(owner), context.read(notices.about_the_zone, owner, _CHOOSE_ZONE)):
        if line:
            console.print(line, markup=False)
    if owner.missing:
        console.print("To log out and back in: companion logout, then companion login.")


def logout(*, full: bool = False, as_json: Annotated[bool, Parameter(name="--json")] = False) -> int:
    """Sign out: end the access at Intervals.icu, forget token and key here, end the session of every browser.

    Your samples, what was agreed, links and settings stay: signing in again sends nothing twice.

    Parameters
    ----------
    full
        Also forget every answer of Intervals.icu that is kept here. Cures a stuck 403 on streams.
    as_json
        Print one JSON value instead of words.
    """
    with open_context() as context:
        result = erase.log_out(context, erase.FULL_LOGOUT if full else erase.LOGOUT)
    if isinstance(result.problem, NotSignedIn):
        raise result.problem
    if as_json:
        output.print_json({"told": result.told, "error": output.as_error(result.problem)})
    else:
        _print_signed_out(result)
    return 0


def _print_signed_out(result: SignedOut) -> None:
    console = output.out()
    for one in result.ended:
        console.print(f"Signed out {one.account.name}. Token and key are forgotten here. {_about(one)}", markup=False)


def _about(ended: Revocation) -> str:
    """What Intervals.icu knows of it."""
    if ended.by == sign_in.KEY:
        return "The key itself stays valid at Intervals.icu: Settings, Developer Settings."
    match ended.problem:
        case None:
            return "The access at Intervals.icu is ended."
        case SignInExpired():
            return "It had ended already: another device signed in, or access was removed at Intervals.icu."
        case problem:
            return f"Intervals.icu was not told: {problem.cause} Remove the app there too: Settings, Connected apps."
