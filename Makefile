# Everything a newcomer needs: `make demo` and `make test`. Only python3 (>= 3.11), pip, make and git are assumed.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# The project itself is installed without its dependencies: those come from the hashed lock files only.
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SELF   := $(PIP) --no-deps --no-build-isolation --editable .

# Compiled once, not again by every worker and every program that a test starts.
unexport PYTHONDONTWRITEBYTECODE

# Two workers more than cores, as stories wait for their browser and limits for their seconds. A file of tests stays with one worker, and the
# longest come first: see tests/conftest.py.
WORKERS ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 2)")
TESTS  := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: install hooks demo test test-fast coverage soak lint bench screenshots mutants lock docs release clean

install: $(VENV)/dev.done

$(VENV)/run.done: requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --no-deps --require-hashes -r requirements/run.txt
	$(SELF)
	@touch $@

$(VENV)/dev.done: requirements/dev.txt $(VENV)/run.done
	$(PIP) --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

# Quick checks before each commit: .pre-commit-config.yaml.
hooks: $(VENV)/dev.done
	$(BIN)/pre-commit install

demo: $(VENV)/run.done
	$(BIN)/companion demo $(ARGS)

test: $(VENV)/dev.done
	$(TESTS) $(ARGS)

# For the loop while writing: no browser, no stories.
test-fast: $(VENV)/dev.done
	$(TESTS) tests/unit tests/contract tests/sandbox $(ARGS)

# The same tests, measured: fails below `fail_under` in pyproject.toml. Slower than `make test`.
coverage: $(VENV)/dev.done
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# What takes longer: every page in every light (axe, narrow screens, jumps, targets, weights), every story with both hands;
# then the property tests sixteen times as deep: tests/support/depth.py.
soak: $(VENV)/dev.done
	$(TESTS) -m soak $(ARGS)
	COMPANION_SOAK=1 $(TESTS) tests/property tests/sandbox $(ARGS)

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/on_device.py
	$(BIN)/python tools/forbidden_words.py

bench: $(VENV)/dev.done
	$(BIN)/python tools/bench.py $(ARGS)
	$(BIN)/python tools/bench_pages.py
	$(BIN)/python tools/bench_push.py

# Every page, phone and desktop, light and dark, into build/screenshots. Needs chromium.
screenshots: $(VENV)/dev.done
	$(BIN)/python tools/screenshots.py $(ARGS)

# Changes the decisions of sync one by one: `survived` is a change that no test noticed.
mutants: $(VENV)/dev.done
	PATH=$(abspath $(BIN)):$$PATH $(BIN)/mutmut run >/dev/null 2>&1; $(BIN)/mutmut results

# Two views of one universal lock for Python 3.11 to 3.14: what runs, and what also tests. The second is compiled
# under the first, so they cannot disagree.
lock: $(VENV)/dev.done
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --extra desktop --extra sandbox \
	  --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml requirements/build.in --all-extras -c requirements/run.txt \
	  --universal --python-version 3.11 --generate-hashes --no-header --quiet --upgrade -o requirements/dev.txt

docs: $(VENV)/dev.done
	$(BIN)/python tools/metrics_table.py
	$(BIN)/python tools/permissions_page.py

# Version, changelog, commit, tag, dist/ with checksums; pushes nothing. ARGS="0.2.0", and --dry-run to see it only.
release: $(VENV)/dev.done
	$(BIN)/python tools/release.py $(ARGS)

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
