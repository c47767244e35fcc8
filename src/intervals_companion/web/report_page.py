"""A plain page with the account of a first sync."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from intervals_companion.app.report import Report

_HERE = Path(__file__).parent

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def create_app(report: Report) -> Starlette:
    """Serves `/` and its style sheet, nothing else."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page = environment.get_template("report.html").render(report=report)

    def show(_: Request) -> Response:
        return HTMLResponse(page, headers=_HEADERS)

    return Starlette(routes=[Route("/", show), Mount("/static", StaticFiles(directory=_HERE / "static"))])
