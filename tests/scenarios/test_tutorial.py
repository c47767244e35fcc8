"""Who follows the tutorial to the letter ends with a metric, an endpoint and a page that work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import frozen

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
COPIED = ("src", "tests", "tools", "docs", "pyproject.toml")

_BLOCK = re.compile(
    r"^ *(?:New file `(?P<new>[^`]+)`|In `(?P<old>[^`]+)`, (?P<how>after|instead of) `(?P<line>[^`]+)`):\n\n"
    r"(?P<indent> *)```\w+\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)


@frozen
class Step:
    """A block of the page, and where it says that it goes."""

    path: str
    code: str
    how: str = ""
    line: str = ""

    def apply(self, root: Path) -> None:
        path = root / self.path
        if not self.how:
            assert not path.exists(), f"{self.path} is not new"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.code, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.strip() == self.line]
        assert len(places) == 1, f"{self.path} has {len(places)} lines {self.line}"
        kept = lines[places[0]] if self.how == "after" else ""
        lines[places[0]] = kept + self.code
        path.write_text("".join(lines), encoding="utf-8")


def steps(recipe: str) -> list[Step]:
    found = _BLOCK.finditer(recipe)
    return [
        Step(one["new"] or one["old"], _outdented(one["code"], len(one["indent"])), one["how"] or "", one["line"] or "")
        for one in found
    ]


def _outdented(code: str, by: int) -> str:
    return "".join(line[by:] if line.strip() else "\n" for line in code.splitlines(keepends=True))


RECIPES = {
    title: steps(text) for title, text in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
EVERY = [step for recipe in RECIPES.values() for step in recipe]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which every recipe was followed."""
    root = tmp_path_factory.mktemp("tutorial")
    for name in COPIED:
        whole = ROOT / name
        if whole.is_dir():
            shutil.copytree(whole, root / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        else:
            shutil.copy2(whole, root / name)
    for step in EVERY:
        step.apply(root)
    run(root, "tools/metrics_table.py")  # what `make docs` does
    return root


def run(root: Path, *command: str) -> None:
    """Python, with the packages of the copy. Not measured: the copy is gone when coverage is added up."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, *command], cwd=root, env={**outside, "PYTHONPATH": str(root / "src")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def test_the_page_has_three_recipes_and_no_block_is_left_out() -> None:
    assert list(RECIPES) == ["Add a metric", "Add an endpoint of Intervals.icu", "Add a page"]
    assert len(EVERY) == PAGE.count("```") // 2


def test_each_recipe_ends_with_what_its_own_tests_show_and_the_documents_hold(followed: Path) -> None:
    own = {title: [step.path for step in recipe if _tests(step)] for title, recipe in RECIPES.items()}
    assert all(own.values())
    paths = sorted({path for found in own.values() for path in found})
    assert "| `ExerciseTime` (custom) | Exercise |" in (followed / "docs" / "metrics.md").read_text(encoding="utf-8")
    current = "tests/unit/test_docs.py::test_the_metrics_page_is_current"
    run(followed, "-m", "pytest", "-p", "no:cacheprovider", *paths, current)


def _tests(step: Step) -> bool:
    return Path(step.path).name.startswith("test_")


def test_what_was_written_is_clean_and_keeps_the_layers(followed: Path) -> None:
    written = sorted({step.path for step in EVERY if step.path.endswith(".py")})
    run(followed, "-m", "ruff", "check", "--no-cache", *written)
    run(followed, "-m", "ruff", "format", "--no-cache", "--check", *written)
    run(followed, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")
    run(followed, "tools/forbidden_words.py")


def test_a_block_is_taken_as_it_stands() -> None:
    page = dedent("""
        1. Words.

           New file `a.py`:

           ```python
           def a() -> int:

               return 1
           ```

           In `b.py`, after `x = [`:

           ```python
               1,
           ```
    """)
    assert steps(page) == [
        Step("a.py", "def a() -> int:\n\n    return 1\n"),
        Step("b.py", "    1,\n", "after", "x = ["),
    ]
