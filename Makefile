# Every target does all the set-up it needs, from nothing: python3 (3.11 or newer), make and git are enough.
# The set-up is quick the second time: .venv is made again when its lock has changed, an engine when its digest has.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
ENGINE ?= 1.13.0
HOME_DIR ?= .mgeprof
READY := .venv/.ready
# The server and the command line work without the pages: where Node is missing, say so and go on.
PAGES := infra/setup/site && { infra/setup/web || [ $$? -eq 3 ]; }

# Where it is set, every process would compile all of our modules again, for a second of processor each.
unexport PYTHONDONTWRITEBYTECODE

# Whole files to three workers, the longest first. A test that hangs is ended after ten minutes, named, and shown with the stacks of its threads.
AT_ONCE := --numprocesses 3 --dist loadfile --no-loadscope-reorder -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true

.PHONY: help setup site web screenshots engine demo up test lint lint-python lint-web format bench audit sbom drawings faults soak

help: ## show this
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(READY) ## make .venv from the hashed requirements, and build guides and web pages
	@$(PAGES)

# Written last, so that a broken-off set-up is done again; hatchling and the locks decide what is in .venv.
$(READY): infra/requirements/dev.txt pyproject.toml infra/requirements/hatch_metadata.py infra/setup/venv
	@infra/setup/venv
	@touch $@

engine: $(READY) ## make the environment of MegEngine (2 GB, shared by all clones)
	@MGEPROF_UV="$$(infra/setup/find-uv)" $(BIN)/mgeprof engine install $(ENGINE)

site: $(READY) ## render the guides into site/, where the api serves them
	@infra/setup/site

web: $(READY)
	@infra/setup/web

demo: engine ## profile an example model on this machine
	@$(PAGES)
	@$(BIN)/mgeprof demo --home $(HOME_DIR)

up: engine ## start everything and stay
	@$(PAGES)
	@exec $(BIN)/mgeprof up --home $(HOME_DIR)

lint: $(READY) site web ## check style, types and imports
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint-python lint-web

lint-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

lint-web:
	cd frontend && npm run --silent types && npm run --silent lint

format: $(READY) ## format, and repair what can be
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint engine ## run the checks and all tests
	@infra/setup/browser
	@infra/setup/sandbox
	cd frontend && npm run --silent test
	$(BIN)/pytest $(AT_ONCE)

screenshots: engine web ## write every web page in both themes into frontend/screenshots
	$(BIN)/pytest tests/e2e/web/screens.py

audit: $(READY) ## look for known holes in what it stands on (asks PyPI's and npm's advisories)
	@infra/setup/release
	.release/bin/pip-audit --strict --require-hashes --disable-pip --requirement infra/requirements/server.txt
	cd frontend && npm audit --omit=dev

drawings: $(READY) ## draw the documentation's drawings anew, into docs/drawings
	@infra/setup/release
	.release/bin/python -P infra/site/drawings.py

sbom: $(READY) ## write what it stands on into sbom/, as CycloneDX
	@infra/setup/release
	@mkdir -p sbom
	.release/bin/cyclonedx-py requirements infra/requirements/server.txt --output-format JSON --output-file sbom/python.cdx.json
	$(BIN)/python -P -m infra.release.pages_sbom sbom/pages.cdx.json

faults: engine ## do faults of every kind to a whole stack: 200 rounds, and one at the real periods
	$(BIN)/pytest --soak tests/e2e/faults

soak: engine ## run the tests with the full counts of long suites
	$(BIN)/pytest --soak

bench: engine ## measure: make bench [ONLY=name]
	@$(BIN)/python -m bench $(ONLY)
