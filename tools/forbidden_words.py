"""Finds what must never be read on a page (`forbidden_words.toml`) in the text that reaches people, and only there.

Text that reaches people is, in a template, what lies between its tags, the attributes a person reads or hears, and the
words put in by Jinja; in Python, every literal that reads as words: two words with a blank between them, or a first
word with a capital. Docstrings, comments, names, log lines and single lower-case words are code.

What was there when this began is counted in `forbidden_words_baseline.txt`, by phrase and sentence and not by file, so
that a file may move. A new one fails, and so does one that is counted and gone: the list only ever shrinks.

    python tools/forbidden_words.py             # what is new, and what the list counts in vain
    python tools/forbidden_words.py --shrink    # takes out of the list what is gone; it never adds anything
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from attrs import frozen
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "intervals_companion"
TABLE = Path(__file__).with_suffix(".toml")
BASELINE = Path(__file__).with_name("forbidden_words_baseline.txt")

HOLE = "{}"
"""What is put in when a page is made."""
ATTRIBUTES = frozenset({"alt", "aria-label", "aria-description", "aria-roledescription", "content", "label",
                        "placeholder", "title"})  # fmt: skip
AT_TERMINAL = "terminal_cure"
"""The argument of an error that only the command line prints."""
_SILENT = frozenset({"script", "style"})
_READS_AS_WORDS = re.compile(r"[\w}][,;:.]? +\W?\w|^[A-Z][a-z’]+\b")
_READ_BY_NO_PERSON = frozenset({"log", "logging", "re"})
_SQL = frozenset({"execute", "exec_driver_sql"})


class Found(NamedTuple):
    """A phrase in a sentence: what the baseline counts."""

    phrase: str
    sentence: str


@frozen
class Phrase:
    name: str
    say: str
    pattern: re.Pattern[str]
    terminal: bool = False
    """Whether the command line may say it."""


@frozen
class Text:
    """A sentence that somebody reads, and where it is written."""

    sentence: str
    path: Path
    line: int
    at_terminal: bool = False
    """Whether it is the command line alone that says it."""


def phrases(table: str) -> list[Phrase]:
    """The rows of the table, one for each word, phrase or pattern."""
    made = []
    for row in tomllib.loads(table)["never"]:
        terminal = row.get("terminal", False)
        if "pattern" in row:
            made.append(Phrase(row["name"], row["say"], re.compile(row["pattern"]), terminal))
        for word in row.get("words", ()):
            whole = rf"(?<![\w-]){re.escape(word)}(?![\w-])"
            made.append(Phrase(word, row["say"], re.compile(whole, re.IGNORECASE), terminal))
    return made


# --- what is read -----------------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Collects (line, text) of text nodes and of attributes that are read or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[int, str]] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in _SILENT
        self.read += [(self.getpos()[0], value) for name, value in attrs if name in ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = self._silent and tag not in _SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.read.append((self.getpos()[0], data))


def in_template(source: str) -> Iterator[tuple[int, str]]:
    """(line, sentence) of what a template shows, with a hole for whatever is put in."""
    template = Environment(autoescape=True).parse(source)
    page = ""
    for output in template.find_all(nodes.Output):
        for node in output.nodes:
            shown = node.data if isinstance(node, nodes.TemplateData) else HOLE
            page += "\n" * (node.lineno - 1 - page.count("\n"))
            if page[-1:].isalnum() and shown[:1].isalnum():
                page += " "  # the ends of two branches, of which only one is shown
            page += shown
    reader = _Reader()
    reader.feed(page)
    reader.close()
    yield from reader.read
    for statement in template.find_all((nodes.Output, nodes.Assign, nodes.CallBlock)):
        yield from _put_in(statement)


def _put_in(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """The words that Jinja puts in: all that an expression shows, and what reads as words in what it hands on."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            chosen = isinstance(node, (nodes.CondExpr, nodes.Output, nodes.Concat, nodes.Or))
            if chosen or _READS_AS_WORDS.search(child.value):
                yield child.lineno, child.value
        elif isinstance(child, nodes.Expr):
            yield from _put_in(child)


def in_python(source: str) -> Iterator[tuple[int, str]]:
    """(line, sentence) of the literals that read as words, with a hole for whatever an f-string puts in."""
    yield from _literals(ast.parse(source))


def for_terminal(source: str) -> Iterator[tuple[int, str]]:
    """Those that say at the terminal what a page says in other words."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == AT_TERMINAL:
            yield from _literals(node)


def _literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    if _is_code(node):
        return
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else HOLE for part in node.values]
        text = "".join(map(str, parts))
        if _READS_AS_WORDS.search(text):
            yield node.lineno, text
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _literals(part.value)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _READS_AS_WORDS.search(node.value):
            yield node.lineno, node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from _literals(child)


def _is_code(node: ast.AST) -> bool:
    """A docstring, of whatever it is; a line for the log, a regular expression, SQL."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    called = node.func.value
    return node.func.attr in _SQL or (isinstance(called, ast.Name) and called.id in _READ_BY_NO_PERSON)


def texts(sources: Path) -> Iterator[Text]:
    """Everything people read that is written in this package."""
    for kind, read in (("html", in_template), ("py", in_python)):
        for path in sorted(sources.rglob(f"*.{kind}")):
            if "migrations" in path.parts:  # SQL, for nobody to read
                continue
            source, place = path.read_text(encoding="utf-8"), path.relative_to(sources)
            terminal = set(for_terminal(source)) if kind == "py" else set()
            for line, text in read(source):
                if sentence := " ".join(text.split()):
                    at_terminal = place.parts[0] == "cli" or (line, text) in terminal
                    yield Text(sentence, place, line, at_terminal)


# --- what must not be -------------------------------------------------------------------------------------------------


def occurrences(read: Iterator[Text], forbidden: Sequence[Phrase]) -> Iterator[tuple[Found, Text, Phrase]]:
    for text in read:
        for phrase in forbidden:
            if not (text.at_terminal and phrase.terminal):
                for _ in phrase.pattern.finditer(text.sentence):
                    yield Found(phrase.name, text.sentence), text, phrase


def load(baseline: str) -> Counter[Found]:
    """Lines of count, phrase and sentence, with tabs between them."""
    rows = (line.split("\t", 2) for line in baseline.splitlines() if line and not line.startswith("#"))
    return Counter({Found(phrase, sentence): int(count) for count, phrase, sentence in rows})


def dump(counted: Counter[Found]) -> str:
    head = "# What is still said and must not be: how often, what, in which sentence. See forbidden_words.py.\n"
    return head + "".join(f"{count}\t{one.phrase}\t{one.sentence}\n" for one, count in sorted(counted.items()))


def main(arguments: Sequence[str]) -> int:
    forbidden = phrases(TABLE.read_text(encoding="utf-8"))
    known = load(BASELINE.read_text(encoding="utf-8"))
    met = list(occurrences(texts(SOURCES), forbidden))
    now = Counter(found for found, _, _ in met)
    if "--shrink" in arguments:
        known &= now
        BASELINE.write_text(dump(known), encoding="utf-8")
    new, gone = now - known, known - now
    for found, text, phrase in met:
        if found in new:
            print(f"{text.path}:{text.line}: “{phrase.name}” in “{text.sentence}”. Say: {phrase.say}")
    for found in sorted(gone):
        print(f"Gone, still counted: “{found.phrase}” in “{found.sentence}”. Run: tools/forbidden_words.py --shrink")
    if not new and not gone:
        print(f"Forbidden words: nothing new; {known.total()} of before are left to reword.")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
