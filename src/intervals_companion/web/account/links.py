"""One-time links: the address shows a page, and only its button lets the browser in."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app import sessions
from intervals_companion.domain.errors import NotLetIn
from intervals_companion.web.limits.attempts import LINKS, address, attempts
from intervals_companion.web.pages import action, browser_name, page, redirect, render, scope, set_session, web_context


def show(request: Request) -> Response:
    """A GET spends nothing: mail programs and previews follow links too."""
    here = scope(request)
    wrong = attempts(request, LINKS)
    wrong.check(address(request))
    good = sessions.link_is_good(here, request.path_params["secret"])
    if not good:
        wrong.note(address(request))
    owned = here.account.intervals_id is not None
    return render(request, "account/link.html", status=200 if good else 410, good=good, owned=owned)


def spend(request: Request, _: FormData) -> Response:
    context = web_context(request).context
    visitor = request.state.visitor
    before = visitor.session if visitor else None
    wrong = attempts(request, LINKS)
    wrong.check(address(request))
    try:
        cookie = sessions.spend_link(context, request.path_params["secret"], browser_name(request), before)
    except NotLetIn:
        wrong.note(address(request))
        raise
    signed_in = context.account().intervals_id is not None
    return set_session(request, redirect("/today" if signed_in else "/sign-in"), cookie)


routes: list[BaseRoute] = [
    page("/link/{secret}", show, open_to_all=True),
    action("/link/{secret}", spend, open_to_all=True),
]
