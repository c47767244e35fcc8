"""The four ways to leave."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.data import backup, erase
from intervals_companion.app.data.erase import DELETE, FULL_LOGOUT, LOGOUT, Deleted, ExitOption
from intervals_companion.domain.errors import CompanionError
from intervals_companion.web.limits.threads import NETWORK
from intervals_companion.web.pages import action, page, redirect, render, scope, visitor, web_context
from intervals_companion.web.settings.access import BACK, forgotten


def _confirming(way: ExitOption) -> Callable[[Request], Response]:
    def confirm(request: Request) -> Response:
        here = scope(request)
        return render(
            request, "settings/leave.html", tab="settings", back=BACK, way=way, owner=here.account.name,
            megabytes=backup.stored_bytes(here.context) / 1e6,
        )  # fmt: skip

    return confirm


def sign_out(request: Request, _: FormData) -> Response:
    erase.sign_out(web_context(request).context, visitor(request).session)
    return forgotten(request, redirect("/sign-in"))


def _logging_out(way: ExitOption) -> Callable[[Request, FormData], Response]:
    def log_out(request: Request, _: FormData) -> Response:
        result = erase.log_out(web_context(request).context, way)
        return _left(request, f"{way.name}: done", way, problem=result.problem)

    return log_out


def _left(
    request: Request,
    title: str,
    way: ExitOption,
    *,
    problem: CompanionError | None = None,
    deleted: Deleted | None = None,
) -> Response:
    """The last page: there is no session any more."""
    request.state.as_nobody = True
    last = render(request, "settings/left.html", title=title, way=way, problem=problem, deleted=deleted)
    return forgotten(request, last)


def delete_everything(request: Request, _: FormData) -> Response:
    context = web_context(request).context
    deleted = erase.delete_everything(context)
    erase.begin_anew(context)
    return _left(request, "Everything here is deleted", DELETE, deleted=deleted)


routes: list[BaseRoute] = [
    action("/settings/leave/browser", sign_out),
    *(page(f"/settings/leave/{way.id}", _confirming(way)) for way in erase.WAYS.values()),
    *(action(f"/settings/leave/{way.id}", _logging_out(way), threads=NETWORK) for way in (LOGOUT, FULL_LOGOUT)),
    action("/settings/leave/delete", delete_everything, threads=NETWORK),
]
