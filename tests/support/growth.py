"""How the time of a piece of work grows with the size of what it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from time import process_time
from typing import Any, NamedTuple

SOURCE = Path(__file__).parents[2] / "src"
QUICK = 0.0005
"""CPU seconds below which nobody has to look closer."""
SLOW = 0.02
TIMES = 4
"""How much larger the larger text is."""
MOST = 2.2 * TIMES
"""How much longer it may take: the square of the size would be 16 times as long, and clocks are noisy."""
_TRIES = (1, 2, 4)
_NAMES_RE = re.compile(r"\bre\b")
"""Without it a file calls nothing of the module `re`, whatever it is imported with."""


def grows_too_fast(work: Callable[[str], object], text: Callable[[int], str], size: int, quick: float = QUICK) -> bool:
    """Whether four times the text takes much more than four times the time. The least of some tries each."""
    first = _least(work, text(size), 1)
    if first < quick:
        return False
    if first > SLOW:  # a smaller text tells as much
        size //= TIMES
    for tries in _TRIES:  # what is slow for another reason is not slow three times
        small, large = (_least(work, text(length), tries) for length in (size, size * TIMES))
        if large <= MOST * small or large < quick * TIMES:
            return False
    return True


def _least(work: Callable[[str], object], text: str, tries: int) -> float:
    times = []
    for _ in range(tries):
        begun = process_time()
        work(text)
        times.append(process_time() - begun)
    return min(times)


# --- the patterns there are ------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """A regular expression of the package."""

    place: str
    """Module and name, or module, function and method where it has no name."""
    pattern: re.Pattern[Any] | None
    """None where it is put together when it is used."""


def patterns() -> Iterator[Found]:
    """Every pattern: each call of the module `re` in the source, and each compiled one that a module holds."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not _NAMES_RE.search(text):
            continue  # a tree costs a hundred times as much
        written = ast.parse(text)
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        nodes = list(ast.walk(written))
        calls = [node for node in nodes if _is_call(node)]
        assert not any(isinstance(node, ast.ImportFrom) and node.module == "re" for node in nodes), module
        if not calls:
            continue
        held = {name: one for name, one in vars(import_module(module)).items() if isinstance(one, re.Pattern)}
        yield from (Found(f"{module}.{name}", one) for name, one in held.items())
        named = {one.pattern for one in held.values()}
        for function, call in _in_functions(written, calls):
            given = call.args[0] if call.args else None
            constant = given.value if isinstance(given, ast.Constant) else None
            if function or (constant is not None and constant not in named):
                made = re.compile(constant) if isinstance(constant, str | bytes) else None
                yield Found(f"{module}.{function or '-'}.{call.func.attr}", made)  # type: ignore[attr-defined]


def _is_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr not in ("escape", "purge")
    )


def _in_functions(written: ast.Module, calls: list[ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the name of the function around it, "" for one at the top."""
    around = {
        inner: node.name for node in ast.walk(written) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)
    }
    for call in calls:
        assert isinstance(call, ast.Call)
        yield around.get(call, ""), call


# --- the worst a pattern can be given --------------------------------------------------------------------------------

_OF_CATEGORY = {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_SPACE": "a", "NOT_DIGIT": "a", "NOT_WORD": "!"}
_MOST_LETTERS = 9
_END = "\x00\n"
"""What nearly no class takes, and what a point does not."""


def worst(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Texts of any size: what the pattern repeats, alone and in twos, behind each of its beginnings, and then a
    letter that it does not take.
    """
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(text, pattern.flags & ~re.UNICODE)
    letters = list(dict.fromkeys(_letters(tree)))[:_MOST_LETTERS] or ["a"]
    words = list(dict.fromkeys(word for word in _words(tree) if len(word) > 1))[:6]
    pairs = ["".join(pair) for pair in product(letters[:8], repeat=2) if pair[0] != pair[1]]
    longer = (*words, *pairs, *(f"{word}{letter}" for word in words for letter in letters[:5]))
    given = [(before, letter, _END) for letter in letters for before in ("", *words[:1], *letters) if before != letter]
    given += [(before, piece, _END) for piece in longer for before in ("", *words[:1])]
    given += [("", piece, "") for piece in (*letters, *longer)]
    for before, piece, after in given:
        yield lambda size, p=piece, b=before, a=after: b + p * (size // len(p)) + a  # type: ignore[misc]


def _letters(tree: Any) -> Iterator[str]:
    """A letter of every class and literal, those inside repeats first."""
    nodes = list(_nodes(tree, repeated=False))
    for wanted in (True, False):
        for repeated, op, value in nodes:
            if repeated is wanted:
                yield from _of(op, value)


def _nodes(tree: Any, repeated: bool) -> Iterator[tuple[bool, Any, Any]]:
    for op, value in tree:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield from _nodes(value[2], True)
        elif op is codes.SUBPATTERN:
            yield from _nodes(value[3], repeated)
        elif op is codes.BRANCH:
            for branch in value[1]:
                yield from _nodes(branch, repeated)
        elif op in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _nodes(value[1], repeated)
        elif op is codes.ATOMIC_GROUP:
            yield from _nodes(value, repeated)
        else:
            yield repeated, op, value


def _of(op: Any, value: Any) -> Iterator[str]:
    if op is codes.LITERAL:
        yield chr(value)
    elif op in (codes.ANY, codes.NOT_LITERAL):
        yield "b"
    elif op is codes.IN:
        if value[0][0] is codes.NEGATE:
            yield "b"
        for inner, said in value:
            if inner is codes.LITERAL:
                yield chr(said)
            elif inner is codes.RANGE:
                yield chr(said[0])
            elif inner is codes.CATEGORY:
                yield _OF_CATEGORY[str(said).removeprefix("CATEGORY_")]
    elif op is codes.CATEGORY:
        yield _OF_CATEGORY[str(value).removeprefix("CATEGORY_")]


def _words(tree: Any) -> Iterator[str]:
    """The runs of literals."""
    word = ""
    for op, value in tree:
        if op is codes.LITERAL:
            word += chr(value)
            continue
        if word:
            yield word
        word = ""
        if op is codes.SUBPATTERN:
            yield from _words(value[3])
        elif op is codes.BRANCH:
            for branch in value[1]:
                yield from _words(branch)
        elif op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield from _words(value[2])
    if word:
        yield word
