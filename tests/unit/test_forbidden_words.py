"""What must never be read on a page is found in the text that reaches people, and nowhere else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import forbidden_words
import pytest
from forbidden_words import Found

from intervals_companion.cli.main import COMMANDS

TABLE = """
[[never]]
words = ["held", "take over"]
say = "left out"

[[never]]
pattern = '\\bcompanion sync\\b'
name = "command"
say = "the button"
terminal = true
"""


def found(folder: Path, **files: str) -> list[Found]:
    """What is forbidden in a package of these files; `cli__sync_py` is cli/sync.py."""
    for name, source in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    forbidden = forbidden_words.phrases(TABLE)
    return [one for one, _, _ in forbidden_words.occurrences(forbidden_words.texts(folder), forbidden)]


@pytest.mark.parametrize(
    "source",
    [
        "<p>3 values are held.</p>",
        "<p>3 values\n  are <b>Held</b></p>",
        '<img alt="held">',
        '<a aria-label="3 held" href="/">3</a>',
        '<input placeholder="held" title="x">',
        "<p>{{ count }} held</p>",
        '<p>{{ "held" if count else "sent" }}</p>',
        '<p>{{ row("What is held") }}</p>',
        "<p>{% if count %}held{% else %}Nothing{% endif %}</p>",
    ],
)
def test_a_template_is_read_as_a_person_reads_the_page(tmp_path: Path, source: str) -> None:
    assert [one.phrase for one in found(tmp_path, page_html=source)] == ["held"]


@pytest.mark.parametrize(
    "source",
    [
        '<p class="held" id="held" data-held="held">sent</p>',
        '<a href="/sync/held">left out</a>',
        "<script>const held = 1</script><style>.held { color: red }</style>",
        "{# what is held #}<!-- what is held --><p>sent</p>",
        '{% if held == "held" %}<p>{{ glyph("held") }}{{ held }}</p>{% endif %}',
        "<p>upheld, held-back</p>",
    ],
)
def test_markup_names_and_comments_are_not_read(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, page_html=source) == []


@pytest.mark.parametrize(
    "source",
    [
        'raise SuspiciousPlan("3 values are held.", "Choose.")',
        'text = f"{count} held"',
        'words = {"held": "Held"}',
        "text = f\"{count} {words or 'what is held'}\"",
    ],
)
def test_python_is_read_where_it_speaks_in_words(tmp_path: Path, source: str) -> None:
    assert [one.phrase for one in found(tmp_path, words_py=source)] == ["held"]


@pytest.mark.parametrize(
    "source",
    [
        '"""What is held."""',
        'class Run:\n    held: int\n    """How many are held."""',
        'held = rows["held"]  # what is held',
        'log.warning("%s are held", count)',
        'HELD = re.compile("is held")',
        'connection.execute("select held from run")',
    ],
)
def test_docstrings_names_log_lines_and_queries_are_not_read(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, words_py=source) == []


def test_only_the_terminal_names_commands_and_it_too_takes_nothing_over(tmp_path: Path) -> None:
    source = 'print("Take over with companion sync")'
    assert [one.phrase for one in found(tmp_path / "a", cli__sync_py=source)] == ["take over"]
    assert [one.phrase for one in found(tmp_path / "b", web__sync_py=source)] == ["take over", "command"]


def test_a_cure_for_the_terminal_is_said_there_alone(tmp_path: Path) -> None:
    source = 'raise Busy("A sync is under way.", "{}", terminal_cure="Take over with companion sync")'
    assert [one.phrase for one in found(tmp_path / "a", sync_py=source.format("Wait."))] == ["take over"]
    assert [one.phrase for one in found(tmp_path / "b", sync_py=source.format("Run: companion sync"))] == [
        "command", "take over",
    ]  # fmt: skip


def test_a_file_that_moves_is_known_again_and_a_sentence_said_twice_is_not(tmp_path: Path) -> None:
    page = "<p>3 are held</p>"
    before = Counter(found(tmp_path / "a", web__today_html=page))
    assert Counter(found(tmp_path / "b", web__today__page_html=page)) == before
    assert Counter(found(tmp_path / "c", today_html=page, sync_html=page)) - before == before


def test_the_baseline_is_read_as_it_was_written() -> None:
    counted = Counter({Found("held", "3 are held, “ours”"): 2, Found("stands", "It stands\u202fhere"): 1})
    assert forbidden_words.load(forbidden_words.dump(counted)) == counted


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one sentence that the baseline counts."""
    monkeypatch.setattr(forbidden_words, "SOURCES", tmp_path / "src")
    monkeypatch.setattr(forbidden_words, "BASELINE", tmp_path / "baseline.txt")
    counted = Counter(found(tmp_path / "src", page_html="<p>3 are held</p>"))
    (tmp_path / "baseline.txt").write_text(forbidden_words.dump(counted), encoding="utf-8")
    return tmp_path / "src"


def test_what_was_there_when_this_began_passes(package: Path) -> None:
    assert forbidden_words.main([]) == 0


def test_a_new_sentence_fails_says_where_it_is_and_what_to_say(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "new.html").write_text("<h1>Sync</h1>\n<p>4 are held</p>", encoding="utf-8")
    assert forbidden_words.main([]) == 1
    assert capsys.readouterr().out == "new.html:2: “held” in “4 are held”. Say: left out: the reason\n"
    assert forbidden_words.main(["--shrink"]) == 1, "shrinking never takes anything in"


def test_a_counted_sentence_that_is_gone_fails_until_the_list_has_shrunk(package: Path) -> None:
    (package / "page.html").write_text("<p>3 are left out</p>", encoding="utf-8")
    assert forbidden_words.main([]) == 1
    assert forbidden_words.main(["--shrink"]) == 0
    assert forbidden_words.main([]) == 0
    assert forbidden_words.load(forbidden_words.BASELINE.read_text(encoding="utf-8")) == Counter()


def test_the_table_knows_every_command() -> None:
    (row,) = (one for one in forbidden_words.phrases(forbidden_words.TABLE.read_text()) if "command" in one.name)
    assert [name for name in COMMANDS if not row.pattern.search(f"Run companion {name}.")] == []


def test_every_row_of_the_table_says_what_to_say_instead() -> None:
    rows = forbidden_words.phrases(forbidden_words.TABLE.read_text(encoding="utf-8"))
    assert len(rows) > 50
    assert [row.name for row in rows if not row.say] == []
    assert len({row.name for row in rows}) == len(rows)
