"""Writes docs/permissions.md from the doctor's own steps, so that the document cannot say anything else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from intervals_companion.doctor import handbook
from intervals_companion.doctor.cures import Cure, Face, told
from intervals_companion.doctor.handbook import Chapter, Topic

PATH = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"

_WIDTH = 120

_HEAD = """# How permissions work

Two sides and a key: what each lets through, how to see that something is off, and how to turn it on. Drawn from the
doctor's own steps by `make docs`; a test fails when this page is old. The web app shows the same with drawings of the
screens, at `/help/permissions`, and what is off in your own account at `/permissions`; `companion doctor` says it at a
terminal.
"""


def document() -> str:
    return "\n".join((_HEAD, *_contents(), "", *(line for one in handbook.chapters() for line in _chapter(one)), ""))


def _contents() -> Iterator[str]:
    yield "On this page:"
    yield ""
    for chapter in handbook.chapters():
        yield f"- [{chapter.title}](#{_anchor(chapter.title)})"
        for topic in chapter.topics:
            yield f"  - [{topic.title}](#{_anchor(topic.title)})"


def _anchor(title: str) -> str:
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {chapter.title}"
    yield ""
    for text in chapter.text:
        yield textwrap.fill(text, _WIDTH)
        yield ""
    for topic in chapter.topics:
        yield from _topic(topic)


def _topic(topic: Topic) -> Iterator[str]:
    yield f"### {topic.title}"
    yield ""
    for text in topic.text:
        yield textwrap.fill(text, _WIDTH)
        yield ""
    if topic.table:
        yield "| off | what that blocks |"
        yield "|---|---|"
        for off, blocks in topic.table:
            yield f"| {off} | {blocks} |"
        yield ""
    if topic.cure:
        yield from _steps(topic.cure)
        yield ""


def _steps(cure: Cure) -> Iterator[str]:
    for number, step in enumerate(told(cure, Face.DOCUMENT), 1):
        whole = step.link is not None and "://" in step.link.address
        link = f" {step.link.address}" if whole and step.link else f" (`{step.link.address}`)" if step.link else ""
        yield f"{number}. {step.text}{link}"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
    print(f"{PATH.name} written")
