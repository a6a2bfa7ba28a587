# Two commands set up a fresh machine with Python 3.11 or later: `make run` and `make test`.
# Both install exactly what requirements.lock and requirements-dev.lock pin, so no release of a dependency can break them.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
UV      := $(BIN)/uv
PIP     := $(BIN)/python -m pip --quiet --disable-pip-version-check
LOCKS   := requirements.lock requirements-dev.lock
EXPORT  := $(UV) export --quiet --frozen --no-emit-project --no-annotate --no-header
WHEEL   := $(VENV)/wheel
SOURCES := pyproject.toml hatch_build.py README.md LICENSE $(shell find tracker schedules snapshots/seed -type f -not -path '*/__pycache__/*')

.PHONY: run test lint types layers pytest test-latest test-lowest wheel lock release bench seasons same-history clean

## Install into .venv and run the main job on a small season of invented boards: no key, no internet.
run: $(VENV)/.runtime
	@$(BIN)/tracker demo

## Everything CI runs.
test: lint types layers pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python .ci/phrases.py

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

## All tests, including the slow ones and those of the installed wheel, which plain `pytest` leaves out.
pytest: $(VENV)/.dev $(WHEEL)/.installed
	TRACKER_WHEEL=$(WHEEL) $(BIN)/python -m pytest -m "slow or not slow"

## All tests with the newest and with the oldest dependencies that pyproject.toml allows.
test-latest: RESOLUTION = highest
test-lowest: RESOLUTION = lowest-direct
test-latest test-lowest: $(VENV)/.dev
	$(UV) venv --quiet --clear --python $(PYTHON) $(VENV)/$@
	$(UV) pip install --quiet --python $(VENV)/$@ --resolution $(RESOLUTION) -r pyproject.toml \
	  --extra explore --extra notify --extra web --group dev --group build
	$(UV) pip install --quiet --python $(VENV)/$@ --no-deps --editable .
	$(VENV)/$@/bin/python -m pytest -m "slow or not slow"

## Build dist/*.whl, which contains the boards, the model names and the demo.
wheel: $(VENV)/.wheel

## Resolve again after a change to pyproject.toml; `make lock UPGRADE=--upgrade` takes the newest version of everything.
lock: $(VENV)/.dev
	$(UV) lock $(UPGRADE)
	$(EXPORT) --no-default-groups --group build --output-file requirements.lock > /dev/null
	$(EXPORT) --all-groups --all-extras --no-extra httpx2 --output-file requirements-dev.lock > /dev/null

## Check, build into dist/ and tag the checked-out commit: `make release VERSION=1.2.3`; DRY_RUN=1 creates no tag.
## TAGGED=1 is for CI, which builds an existing tag.
release: $(VENV)/.dev
	@$(BIN)/python .ci/release.py "$$VERSION" $(if $(DRY_RUN),--dry-run) $(if $(TAGGED),--tagged)

## Measure the wheel beside its peers, each installed from its registry; DATA is the folder of shared series, for rows on real states.
## THAN=FILE fails if a ratio is 15 % worse than in that run.
bench: $(VENV)/.dev $(WHEEL)/.installed
	$(BIN)/python bench/compare.py --python $(WHEEL)/bin/python $(if $(DATA),--data $(DATA)) $(if $(THAN),--than $(THAN))

## Write the news of each day, one page per series of dated states in DATA, to build/seasons.
seasons: $(VENV)/.runtime
	$(BIN)/python bench/seasons.py $(DATA)

## Compare the history that this checkout makes with that of another commit: `make same-history BASE=COMMIT DATA=FOLDER`; without DATA, only the demo.
same-history: $(VENV)/.dev
	@rm -rf build/base && git worktree prune && git worktree add --quiet --detach build/base $(BASE)
	$(BIN)/python bench/same_history.py record build/before.json build/base $(DATA)
	$(BIN)/python bench/same_history.py record build/after.json . $(DATA)
	@git worktree remove --force build/base
	$(BIN)/python bench/same_history.py compare build/before.json build/after.json

# A changed lock recreates the environment, so that nothing remains that the lock does not name.
$(VENV)/.locked: $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "tracker needs Python 3.11 or later, found " + sys.version.split()[0] + "; set PYTHON=python3.x")'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.wheel: $(VENV)/.dev $(SOURCES)
	@rm -rf dist
	@$(BIN)/hatchling build --target wheel > /dev/null
	@touch $@

# The wheel in a separate environment, with the locked runtime dependencies and nothing else.
$(WHEEL)/.installed: $(VENV)/.wheel
	@$(UV) venv --quiet --clear --python $(PYTHON) $(WHEEL)
	@$(EXPORT) --no-default-groups | $(UV) pip install --quiet --python $(WHEEL) --require-hashes -r -
	@$(UV) pip install --quiet --python $(WHEEL) --no-deps dist/*.whl
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
