"""What Health data is here and what it came by, and one page for each question about an import."""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from intervals_companion.app.ingest import archive as service
from intervals_companion.app.ingest.archive import Answer, ImportLine
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.web.pages import (
    action,
    page,
    page_without_scope,
    reading,
    redirect,
    render,
    scope,
    web_context,
)
from intervals_companion.web.settings.access import BACK

_BACK_HERE = ("/settings/archive", "Health data here")
_MOST_DAYS = 30
_MOST_LINES = 40


class Question(NamedTuple):
    """What a page about an answer says."""

    title: str
    words: str
    button: str
    is_danger: bool = False


QUESTIONS = {
    Answer.CONFIRM: Question(
        "Is this file right?",
        "Then Health is as it says. What it lacks counts no more; you can bring it back later.",
        "It is right",
    ),
    Answer.SECOND_PHONE: Question(
        "Is it another phone of yours?",
        "Then it adds to what is here, and takes nothing away. Its next export is known again by its devices.",
        "It is another phone of mine",
    ),
    Answer.REMOVE: Question(
        "Remove this file?",
        "Everything becomes as if it had never been read. Nothing in Health is touched.",
        "Remove it",
        is_danger=True,
    ),
    Answer.RESTORE: Question(
        "Bring back what it retired?",
        "It counts again, except where newer samples lie at the same time.",
        "Bring it back",
    ),
    Answer.MISSING: Question(
        "Are these gone from Health?",
        "Your newest export does not speak of them. If you deleted them in Health, they should count no more.",
        "Yes, they are gone",
    ),
}


def front(request: Request) -> Response:
    found = service.archive(scope(request))
    return render(
        request, "settings/archive.html", tab="settings", back=BACK, found=found,
        types=[(kind, sum(layers.values()), ", ".join(layers)) for kind, layers in found.types.items()],
        retired=found.retired[:_MOST_LINES], more_retired=max(0, len(found.retired) - _MOST_LINES),
        missing=found.missing[:_MOST_LINES], more_missing=max(0, len(found.missing) - _MOST_LINES),
    )  # fmt: skip


def question(request: Request) -> Response:
    """What an answer would change, before it is given."""
    answer, number = _asked(request)
    change = service.preview(web_context(request).context, answer, number)
    with reading(request) as here:
        found = service.archive(here)
        return render(
            request, "settings/archive_question.html", tab="settings", back=_BACK_HERE, asked=QUESTIONS[answer],
            one=_line(found.imports, number), change=change, newest=change.days[-_MOST_DAYS:][::-1],
            more=max(0, len(change.days) - _MOST_DAYS), path=request.url.path,
        )  # fmt: skip


def answer(request: Request, form: FormData) -> Response:
    del form
    given, number = _asked(request)
    service.carry_out(web_context(request).context, given, number)
    return redirect("/settings/archive")


def _asked(request: Request) -> tuple[Answer, int | None]:
    words, number = request.path_params["answer"], request.path_params.get("number")
    if words not in set(Answer) or (number is None) is not (words == Answer.MISSING):
        raise NothingToShow("There is no such question.", "Look at what is asked, under Your data in Settings.")
    return Answer(words), number


def _line(lines: tuple[ImportLine, ...], number: int | None) -> ImportLine | None:
    return next((one for one in lines if one.number == number), None)


routes: list[BaseRoute] = [
    page("/settings/archive", front),
    page_without_scope("/settings/archive/{answer:str}", question),
    action("/settings/archive/{answer:str}", answer),
    page_without_scope("/settings/archive/{answer:str}/{number:int}", question),
    action("/settings/archive/{answer:str}/{number:int}", answer),
]
