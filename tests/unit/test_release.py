"""A release is one version, one dated section of the changelog, one tag, and files that can be made again."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest
import release
from release import NotReleased, git

from intervals_companion import __version__

DAY = date(2026, 12, 24)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of what is needed to build, with one thing to say in the changelog."""
    root = tmp_path / "tree"
    package = root / "src" / "intervals_companion"
    package.mkdir(parents=True)
    (root / "src" / "intervals_sandbox").mkdir()
    (root / "src" / "intervals_sandbox" / "__init__.py").touch()
    (package / "__init__.py").write_text('"""Made small."""\n\n__version__ = "0.1.0"\n', encoding="utf-8")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copyfile(ROOT / name, root / name)
    (root / "CHANGELOG.md").write_text("# Changes\n\n## Unreleased\n\n- Sleep is counted once.\n", encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "Somebody")
    git(root, "config", "user.email", "somebody@example.org")
    commit(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "feat: go on")


def more(root: Path, line: str) -> None:
    """Something new for people."""
    path = root / "CHANGELOG.md"
    path.write_text(path.read_text().replace("## Unreleased\n", f"## Unreleased\n\n- {line}\n"), encoding="utf-8")
    commit(root)


def test_the_version_is_written_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["hatch"]["version"]["path"] == str(release.VERSION_FILE)
    assert release.current((ROOT / release.VERSION_FILE).read_text(encoding="utf-8")) == __version__


def test_the_changelog_has_a_place_for_what_is_new() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_release_is_a_commit_a_tag_and_files(tree: Path) -> None:
    made = release.release(tree, "0.2.0", DAY, dry_run=False)
    assert git(tree, "log", "-1", "--format=%s") == "chore: release 0.2.0"
    assert git(tree, "rev-parse", "v0.2.0^{commit}") == git(tree, "rev-parse", "HEAD")
    assert git(tree, "tag", "--list", "--format=%(contents)", "v0.2.0") == (
        "0.2.0 (2026-12-24)\n\n- Sleep is counted once."
    )
    assert '__version__ = "0.2.0"' in (tree / release.VERSION_FILE).read_text()
    assert (tree / "CHANGELOG.md").read_text() == (
        "# Changes\n\n## Unreleased\n\n## 0.2.0 (2026-12-24)\n\n- Sleep is counted once.\n"
    )
    assert git(tree, "status", "--porcelain") == ""
    assert set(made.files) == {
        "intervals_companion-0.2.0.tar.gz", "intervals_companion-0.2.0-py3-none-any.whl", "SHA256SUMS",
    }  # fmt: skip
    for line in (tree / "dist" / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tree / "dist" / name).read_bytes()).hexdigest() == digest


def test_the_files_hold_what_is_committed_and_nothing_else(tree: Path) -> None:
    (tree / "src" / "intervals_companion" / "draft.pyc").write_bytes(b"left over, and ignored")
    release.release(tree, "0.2.0", DAY, dry_run=False)
    with zipfile.ZipFile(tree / "dist" / "intervals_companion-0.2.0-py3-none-any.whl") as wheel:
        names = wheel.namelist()
        assert b'__version__ = "0.2.0"' in wheel.read("intervals_companion/__init__.py")
        assert b"\nVersion: 0.2.0\n" in wheel.read("intervals_companion-0.2.0.dist-info/METADATA")
    with tarfile.open(tree / "dist" / "intervals_companion-0.2.0.tar.gz") as sdist:
        names += sdist.getnames()
    assert [name for name in names if "draft" in name] == []


def test_made_again_from_its_tag_the_files_are_the_same(tree: Path, tmp_path: Path) -> None:
    made = release.release(tree, "0.2.0", DAY, dry_run=False)
    git(tmp_path, "clone", "--quiet", "--branch", made.tag, "-c", "advice.detachedHead=false", str(tree), "again")
    assert release.build(tmp_path / "again") == made.files
    for name in made.files:
        assert (tmp_path / "again" / "dist" / name).read_bytes() == (tree / "dist" / name).read_bytes()


def test_a_dry_run_shows_it_and_leaves_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = git(tree, "rev-parse", "HEAD")
    assert release.main(["0.2.0", "--dry-run"], tree) == 0
    said = capsys.readouterr().out
    assert "chore: release 0.2.0" in said
    assert "intervals_companion-0.2.0.tar.gz" in said
    assert "Nothing has changed." in said
    assert git(tree, "rev-parse", "HEAD") == before
    assert git(tree, "tag", "--list") == ""
    assert git(tree, "status", "--porcelain", "--ignored") == ""


def test_without_a_version_the_written_one_is_released_once(tree: Path) -> None:
    assert release.release(tree, None, DAY, dry_run=False).tag == "v0.1.0"
    more(tree, "Nights too.")
    with pytest.raises(NotReleased, match=r"0\.1\.0 is released already"):
        release.release(tree, None, DAY, dry_run=False)


def test_sections_of_the_changelog_stay_apart(tree: Path) -> None:
    release.release(tree, "0.2.0", DAY, dry_run=False)
    more(tree, "Nights too.")
    made = release.release(tree, "0.10.0", DAY, dry_run=False)
    assert made.notes == "- Nights too."
    assert (tree / "CHANGELOG.md").read_text() == (
        "# Changes\n\n## Unreleased\n\n## 0.10.0 (2026-12-24)\n\n- Nights too.\n\n"
        "## 0.2.0 (2026-12-24)\n\n- Sleep is counted once.\n"
    )


@pytest.mark.parametrize("version", ["0.2.0", "0.1.9", "0.0.1"])
def test_a_version_that_is_not_higher_is_refused(tree: Path, version: str) -> None:
    release.release(tree, "0.2.0", DAY, dry_run=False)
    more(tree, "Nights too.")
    with pytest.raises(NotReleased, match="give a higher version"):
        release.release(tree, version, DAY, dry_run=False)


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0rc1", "01.0.0"])
def test_what_is_no_version_is_refused(tree: Path, version: str) -> None:
    with pytest.raises(NotReleased, match="three numbers"):
        release.release(tree, version, DAY, dry_run=False)


def test_nothing_is_released_with_changes_that_are_not_committed(tree: Path) -> None:
    (tree / "README.md").write_text("Not yet.", encoding="utf-8")
    with pytest.raises(NotReleased, match="not committed"):
        release.release(tree, "0.2.0", DAY, dry_run=False)


def test_nothing_is_released_that_has_nothing_to_say(tree: Path) -> None:
    release.release(tree, "0.2.0", DAY, dry_run=False)
    assert release.main(["0.3.0"], tree) == 1
    assert git(tree, "tag", "--list") == "v0.2.0"


def test_a_build_that_fails_changes_nothing(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[build-system]\n", encoding="utf-8")
    commit(tree)
    before = git(tree, "rev-parse", "HEAD")
    with pytest.raises(subprocess.CalledProcessError):
        release.release(tree, "0.2.0", DAY, dry_run=False)
    assert git(tree, "rev-parse", "HEAD") == before
    assert git(tree, "tag", "--list") == ""
