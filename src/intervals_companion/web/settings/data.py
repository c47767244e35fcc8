"""One's own data: CSV, encrypted backups, and what is stored where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeVar

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from intervals_companion.app.context import AppContext
from intervals_companion.app.data import backup, csv_export
from intervals_companion.app.data.backup import Restored
from intervals_companion.domain.errors import CompanionError, DamagedInput, UsageError
from intervals_companion.web.limits.threads import NETWORK
from intervals_companion.web.pages import action, page, page_without_scope, reading, render, web_context
from intervals_companion.web.settings.access import BACK

_Piece = TypeVar("_Piece", str, bytes)
MOST_BACKUP = 8_000_000_000
"""Bytes of a backup that is restored."""


def data(request: Request) -> Response:
    return _data(request)


def _data(request: Request, restored: Restored | None = None, problem: CompanionError | None = None) -> Response:
    """`problem`: why no backup was made."""
    context = web_context(request).context
    return render(
        request, "settings/data.html", status=400 if problem else 200, problem=problem, tab="settings",
        back=BACK, restored=restored, shortest=backup.SHORTEST,
        megabytes=backup.stored_bytes(context) / 1e6, folder=str(context.store.folder),
    )  # fmt: skip


def _csv(made: Callable[[AppContext], Iterator[str]], name: str) -> Callable[[Request], Response]:
    def serve(request: Request) -> Response:
        return _download(made(web_context(request).context), name, "text/csv; charset=utf-8")

    return serve


def _download(pieces: Iterator[_Piece], name: str, kind: str) -> Response:
    """The first piece is made before the answer begins: what refuses, refuses with a page."""
    whole: Iterator[_Piece] = chain([next(pieces)], pieces)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(whole, media_type=kind, headers=headers)


def make_backup(request: Request, form: FormData) -> Response:
    context = web_context(request).context
    try:
        pieces = backup.make(context, str(form.get("password", "")), str(form.get("again", "")))
        with reading(request) as here:
            name = backup.backup_name(here)
        return _download(pieces, name, "application/octet-stream")
    except UsageError as problem:
        return _data(request, problem=problem)


def ask_restore(request: Request) -> Response:
    """Names what is replaced, before anything is chosen."""
    return _ask(request)


def _ask(request: Request, problem: CompanionError | None = None) -> Response:
    with reading(request) as here:
        return render(
            request, "settings/restore.html", status=400 if problem else 200, problem=problem, tab="settings",
            back=("/settings/data", "Your data"), here=backup.replaced(here),
        )  # fmt: skip


def restore(request: Request, form: FormData) -> Response:
    file = form.get("file")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise UsageError("No file was chosen.", "Choose the backup, then type its password.")
        return _data(request, backup.restore(web_context(request).context, file.file, str(form.get("password", ""))))
    except (UsageError, DamagedInput) as problem:
        return _ask(request, problem)


routes: list[BaseRoute] = [
    page("/settings/data", data),
    page_without_scope("/settings/data/days.csv", _csv(csv_export.days_csv, "days.csv")),
    page_without_scope("/settings/data/workouts.csv", _csv(csv_export.workouts_csv, "workouts.csv")),
    action("/settings/data/backup", make_backup, threads=NETWORK),
    page("/settings/data/restore", ask_restore),
    action("/settings/data/restore", restore, most=MOST_BACKUP, threads=NETWORK),
]
