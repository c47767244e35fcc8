"""Answers of the API: JSON, CSV, files, nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import PlainTextResponse, Response

from intervals_sandbox.errors import Refusal

CSV = ".csv"
"""The suffix that asks for it."""


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")  # half a surrogate pair becomes "?", as in Java


def empty(status: int = 200) -> Response:
    return Response(b"", status)


def refused(refusal: Refusal) -> Response:
    kind = PlainTextResponse if isinstance(refusal.body, str) else Json
    return kind(refusal.body, refusal.status, dict(refusal.headers))


def table(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], titles: Mapping[str, str] | None = None
) -> Response:
    """CSV with a header line; lists and objects are left out, as they have no column."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([(titles or {}).get(column, column) for column in columns])
    writer.writerows([[_cell(row.get(column)) for column in columns] for row in rows])
    return Response(buffer.getvalue().encode("utf-8", "replace"), media_type="text/csv")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, (list, dict)) else value


def download(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, headers, "application/octet-stream")
