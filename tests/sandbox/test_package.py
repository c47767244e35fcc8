"""The sandbox is a package of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import intervals_sandbox

ROOT = Path(intervals_sandbox.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))


def _imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_no_module_knows_of_the_companion(module: Path) -> None:
    assert "intervals_companion" not in _imported(module)


def test_its_templates_and_style_are_part_of_it() -> None:
    assert {path.name for path in (ROOT / "templates").iterdir()} >= {"base.html", "consent.html", "style.css"}
