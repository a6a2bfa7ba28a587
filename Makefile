# Two commands do all the set-up on a fresh machine with Python 3.11 or later: `make run` and `make test`.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV     := $(VENV)/.dev

.PHONY: run test lint types layers pytest runtime bench seasons clean

## Install into .venv and run the main job on a small season of invented boards: no key, no internet.
run: $(RUNTIME)
	@$(BIN)/tracker demo

## Everything CI runs.
test: runtime lint types layers pytest

## The command starts, and the demo runs, with the runtime dependencies alone.
runtime: $(RUNTIME)
	@$(BIN)/tracker --help > /dev/null
	@$(BIN)/tracker demo --store .venv/demo-check > /dev/null && echo "runtime: tracker demo ran with the runtime dependencies alone"

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

layers: $(DEV)
	$(BIN)/lint-imports

pytest: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadfile

## The measurements of docs/performance.md; DATA is a folder of dated states.
bench: $(DEV)
	$(BIN)/python bench/start.py

## What a daily reader would have been told over each series of dated states in DATA, a page each, into build/seasons.
seasons: $(RUNTIME)
	$(BIN)/python bench/seasons.py $(DATA)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "tracker needs Python 3.11 or later, found " + sys.version.split()[0] + "; set PYTHON=python3.x")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

$(RUNTIME): $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): $(RUNTIME)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
