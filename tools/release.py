"""Makes a release: version, changelog, commit, tag, files and their checksums. Pushes nothing.

    python tools/release.py 0.2.0             # without a version: the one that is written, if it has no tag yet
    python tools/release.py 0.2.0 --dry-run   # shows it, and leaves nothing behind

Everything is made in a clone first, from what is committed and nothing else. Only if all of it succeeds do the commit,
the tag and the files come here. The files depend on the tagged commit alone: made again they are the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).resolve().parent.parent
VERSION_FILE = Path("src/intervals_companion/__init__.py")
CHANGELOG = Path("CHANGELOG.md")
SUMS = "SHA256SUMS"

_VERSION = re.compile(r'^__version__ = "(.*)"$', re.MULTILINE)
_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_UNRELEASED = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class NotReleased(Exception):
    """Why there is no release, and what to do."""


@frozen
class Release:
    version: str
    notes: str
    """Its section of the changelog."""
    files: tuple[str, ...]

    @property
    def tag(self) -> str:
        return f"v{self.version}"


# --- texts ------------------------------------------------------------------------------------------------------------


def current(source: str) -> str:
    """The version that is written. Raises NotReleased."""
    found = _VERSION.search(source)
    if found is None:
        raise NotReleased(f"{VERSION_FILE} has no line __version__.")
    return found[1]


def with_version(source: str, version: str) -> str:
    return _VERSION.sub(f'__version__ = "{version}"', source, count=1)


def dated(changelog: str, version: str, day: date) -> tuple[str, str]:
    """The changelog with its unreleased section as this version's, and that section. Raises NotReleased."""
    found = _UNRELEASED.search(changelog)
    notes = found[1].strip() if found else ""
    if found is None or not notes:
        raise NotReleased("The changelog has nothing under Unreleased: say what is new for people who use it.")
    section = f"## Unreleased\n\n## {version} ({day})\n\n{notes}\n"
    rest = changelog[found.end() :]
    return changelog[: found.start()] + section + (f"\n{rest}" if rest else ""), notes


def order(version: str) -> tuple[int, ...]:
    """What versions are compared by. Raises NotReleased."""
    found = _NUMBER.fullmatch(version)
    if found is None:
        raise NotReleased(f"{version} is no version: write three numbers, such as 0.2.0.")
    return tuple(map(int, found.groups()))


# --- the release ------------------------------------------------------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(("git", *arguments), cwd=folder, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()  # noqa: S607


def choose(root: Path, wanted: str | None) -> str:
    """The version to release: higher than every one that has a tag. Raises NotReleased."""
    released = [tag.removeprefix("v") for tag in git(root, "tag", "--list", "v*").splitlines()]
    version = wanted or current((root / VERSION_FILE).read_text(encoding="utf-8"))
    newest = max(released, key=order, default=None)
    if order(version) <= (() if newest is None else order(newest)):
        raise NotReleased(f"{newest} is released already: give a higher version, such as make release ARGS=x.y.z.")
    return version


def prepare(clone: Path, version: str, day: date) -> Release:
    """Commits, builds and tags in a clone. Raises NotReleased."""
    source, changelog = clone / VERSION_FILE, clone / CHANGELOG
    changed, notes = dated(changelog.read_text(encoding="utf-8"), version, day)
    changelog.write_text(changed, encoding="utf-8")
    source.write_text(with_version(source.read_text(encoding="utf-8"), version), encoding="utf-8")
    git(clone, "commit", "--quiet", "--all", "--message", f"chore: release {version}", "--message", notes)
    files = build(clone)
    git(clone, "tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", f"{version} ({day})\n\n{notes}")
    return Release(version, notes, files)


def build(clone: Path) -> tuple[str, ...]:
    """sdist, wheel and their checksums in dist/, as old as the commit they are made from."""
    moment = git(clone, "log", "-1", "--format=%ct")
    shutil.rmtree(clone / "dist", ignore_errors=True)
    subprocess.run(
        (sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel"), cwd=clone, check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": moment}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    built = sorted((clone / "dist").iterdir())
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built)
    (clone / "dist" / SUMS).write_text("".join(lines), encoding="utf-8")
    return (*(path.name for path in built), SUMS)


def bring(root: Path, clone: Path, made: Release) -> None:
    """Commit, tag and files, out of the clone."""
    git(root, "fetch", "--quiet", str(clone), f"refs/tags/{made.tag}:refs/tags/{made.tag}")
    git(root, "merge", "--quiet", "--ff-only", made.tag)
    (root / "dist").mkdir(exist_ok=True)
    for name in made.files:
        shutil.copyfile(clone / "dist" / name, root / "dist" / name)


def release(root: Path, wanted: str | None, day: date, *, dry_run: bool) -> Release:
    """Raises NotReleased, and CalledProcessError where git or the build fails: then nothing has changed here."""
    if git(root, "status", "--porcelain"):
        raise NotReleased("There are changes that are not committed: commit them, or put them aside.")
    version = choose(root, wanted)
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        git(root, "clone", "--quiet", str(root), str(clone))
        for name in ("user.name", "user.email"):
            git(clone, "config", name, git(root, "config", name))
        made = prepare(clone, version, day)
        print(git(clone, "show", "--stat", "--format=%h %s", "HEAD"))
        print((clone / "dist" / SUMS).read_text(encoding="utf-8"), end="")
        if not dry_run:
            bring(root, clone, made)
    return made


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    versions = [one for one in arguments if not one.startswith("-")]
    unknown = [one for one in arguments if one.startswith("-") and one != "--dry-run"]
    if unknown or len(versions) > 1:
        print("Usage: release.py [VERSION] [--dry-run]", file=sys.stderr)
        return 2
    dry_run = "--dry-run" in arguments
    try:
        made = release(root, next(iter(versions), None), datetime.now(UTC).date(), dry_run=dry_run)
    except NotReleased as problem:
        print(problem, file=sys.stderr)
        return 1
    print(
        f"Dry run: {made.tag} would be made. Nothing has changed."
        if dry_run
        else f"{made.tag} is made, with its files in dist/. To publish it: git push --follow-tags"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
