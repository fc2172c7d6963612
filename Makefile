# `make` lists the targets. `make run` and `make test` are all a newcomer needs: they set up what they use.
#
# Set-up leaves stamps in .tools/stamps: a step runs again only when its inputs changed, and a step that failed leaves none.
# Indices and certificates of pip, uv and npm come from the environment; nothing here overrides them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Compiled modules halve the start of every process, also where the environment asks not to write them.
export PYTHONDONTWRITEBYTECODE :=

STAMPS := .tools/stamps
UV := .tools/uv/bin/uv
BIN := .venv/bin
PYTEST := PYTHONPATH=tools $(BIN)/python -m pytest -p checks.fast_first
# Side by side, a file to each. Fast tests wait for servers and children nearly as long as they compute: three of them
# keep two cores busy. Whole installations are many processes themselves.
SIDE_BY_SIDE := -n 2 --dist loadfile
THREE_ABREAST := -n 3 --dist loadfile
# Of files that take minutes none may be the last: one process would wait for the other.
LONG_FIRST := --slow-first --no-loadscope-reorder
# These start whole installations; the others go first. What tests/floors looks at, `make lint` asks.
WHOLE := tests/compat tests/journeys tests/browser tests/chaos
# Tests with foreign programs, and those programs that must be there: they install wherever our own packages do.
PEERS := tests/telcowire/test_peers.py tests/telcowire/test_smpp_peers.py tests/telcowire/test_kannel.py \
	tests/telcowire/test_tshark.py tests/telcowire/smpp/test_tshark.py tests/telcowire/mm7/test_tshark.py
REQUIRED_PEERS := pycmpp sms-sdk smpplib
# Of the fuzzing engine: seconds for each target, and which (none named: all).
FUZZ_SECONDS := 60
FUZZ_TARGETS :=
# One set-up at a time, also when two terminals start one together.
LOCKED := $(shell command -v flock >/dev/null && echo "flock .tools/setup.lock")
# A Node of ours stands first in PATH once it was needed.
WITH_NODE := PATH="$(CURDIR)/.tools/node/bin:$$PATH"
CONSOLE := $(wildcard console/package.json)
CONSOLE_SOURCES := $(if $(CONSOLE),$(shell find console -path console/node_modules -prune -o -type f -not -path '*/test-results/*' -print))
COMPILE = $(UV) pip compile --universal --fork-strategy fewest --generate-hashes --no-emit-index-url --no-header --quiet

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

# --- for everybody ----------------------------------------------------------------------------------------------------

.PHONY: run
run: setup ## start everything with the demo tenant and its simulators
	@exec $(BIN)/hongyan up --demo

.PHONY: test
test: setup ## run the tests: console first, then the fast ones, then the slow ones
	@if [ -n "$(CONSOLE)" ]; then $(WITH_NODE) npm --prefix console run --silent --if-present test; fi
	@$(PYTEST) $(THREE_ABREAST) -m "not chaos and not fuzz and not pages" --ignore=tests/floors $(WHOLE:%=--ignore=%)
	@$(PYTEST) $(SIDE_BY_SIDE) $(LONG_FIRST) -m "not chaos and not fuzz and not pages" $(WHOLE)

.PHONY: demo
demo: ## print the addresses and accounts of the running demo
	@if [ -f var/demo.env ]; then cat var/demo.env; else echo "No demo here yet: start one with 'make run'." >&2; exit 1; fi

# --- for those who change it ------------------------------------------------------------------------------------------

.PHONY: lint lint-style lint-types lint-floors lint-console
lint: setup ## check style, types, floors, house rules and the console
	@$(MAKE) --jobs 2 --output-sync=target lint-style lint-types lint-floors lint-console

lint-style: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

lint-types: setup
	@$(BIN)/mypy

lint-floors: setup
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/floors

lint-console: setup
	@if [ -n "$(CONSOLE)" ]; then \
		$(WITH_NODE) npm --prefix console run --silent typecheck && $(WITH_NODE) npm --prefix console run --silent lint; \
	fi

.PHONY: fmt
fmt: setup ## format and repair what ruff can repair
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: bench
bench: setup ## measure every claim of speed (minutes; prints JSON)
	@for script in bench/*.py; do echo "# $$script"; $(BIN)/python "$$script"; done

.PHONY: chaos
chaos: setup ## kill, freeze, cut, fill and turn the clock in 216 seeded runs, then the long scenarios (an hour)
	@failed=0; \
	PYTHONPATH=tests:tools $(BIN)/python -m chaos --runs $(or $(RUNS),216) --parallel $(or $(PARALLEL),4) $(if $(SEED),--seed $(SEED)) \
		--results var/chaos/results.jsonl --keep var/chaos --page docs/reliability.md || failed=1; \
	$(PYTEST) -m chaos --timeout=1800 || failed=1; \
	exit $$failed

.PHONY: pages
pages: setup ## walk through the console page by page in a browser (a quarter of an hour)
	@$(PYTEST) $(SIDE_BY_SIDE) -m pages tests/browser

.PHONY: peers
peers: setup ## run the tests against software that is not ours
	@HONGYAN_REQUIRED_PEERS="$(REQUIRED_PEERS)" $(PYTEST) -rs $(PEERS)

.PHONY: fuzz
fuzz: setup $(STAMPS)/fuzz ## search for inputs that break parsers and codecs (FUZZ_SECONDS=60 each, FUZZ_TARGETS=all)
	@PYTHONPATH=tools:packages/telcowire/src .tools/fuzz/bin/python -m fuzzing $(FUZZ_TARGETS) --seconds $(FUZZ_SECONDS)
	@$(PYTEST) -p checks.fuzzing -m "hypothesis or fuzz" --timeout=1800

.PHONY: console
console: setup ## build the console (set-up does, when its sources changed)

.PHONY: client
client: setup ## generate the console's client from our OpenAPI
	@$(BIN)/hongyan openapi | $(BIN)/python -m json.tool --no-ensure-ascii --indent 2 > .tools/openapi.json && mv .tools/openapi.json console/openapi.json
	@$(WITH_NODE) npm --prefix console run client

.PHONY: screenshots
screenshots: setup ## picture every page of the running demo, in both languages, on a desk and on a phone (to var/screenshots)
	@PYTHONPATH=tests $(BIN)/python -m support.screenshots var/screenshots

.PHONY: docs
docs: setup ## write the documents that come from the code
	@PYTHONPATH=tools $(BIN)/python -m checks.error_page
	@PYTHONPATH=tools $(BIN)/python -m checks.layout_page
	@PYTHONPATH=tools $(BIN)/python -m checks.operations_page

.PHONY: openapi
openapi: setup ## write docs/api/openapi.json from the code
	@PYTHONPATH=tools $(BIN)/python -m checks.openapi_file

.PHONY: licences
licences: setup ## write NOTICE; fails on a licence nobody has agreed to
	@$(BIN)/python -m licences

.PHONY: lock
lock: $(STAMPS)/uv $(STAMPS)/node ## resolve all versions again and pin them by hash
	@$(COMPILE) requirements/uv.in --no-annotate --output-file requirements/uv.txt
	@$(COMPILE) requirements/node.in --no-annotate --output-file requirements/node.txt
	@$(COMPILE) tools/peers/requirements.in --output-file tools/peers/requirements.txt
	@$(WITH_NODE) npm --prefix tools/peers/npm install --package-lock-only --silent --no-audit --no-fund
	@$(COMPILE) tools/fuzzing/requirements.in --output-file tools/fuzzing/requirements.txt
	@$(COMPILE) pyproject.toml --group dev --no-emit-package telcowire --output-file requirements/lock.txt

.PHONY: clean
clean: ## remove environments, built files and caches (not var/, where the data is)
	@rm -rf .venv .tools build dist console/node_modules console/dist src/hongyan/run/console_dist htmlcov .coverage
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up -----------------------------------------------------------------------------------------------------------

SETUP_STEPS := python peers peers-npm system $(if $(CONSOLE),console)

.PHONY: setup
setup: ## install what the other targets need (they call it themselves)
	@mkdir -p $(STAMPS)
	@[ -x $(BIN)/python ] || rm -f $(STAMPS)/venv
	@[ -d src/hongyan/run/console_dist ] || rm -f $(STAMPS)/console
	@[ -d console/node_modules ] || rm -f $(STAMPS)/npm
	@$(LOCKED) $(MAKE) --silent $(SETUP_STEPS:%=$(STAMPS)/%)

$(STAMPS)/uv: requirements/uv.txt tools/setup/find-python
	@echo "setup: uv"
	@mkdir -p $(@D)
	@"$$(tools/setup/find-python)" -m venv --clear .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/venv: $(STAMPS)/uv
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python "$$(tools/setup/find-python)" .venv
	@touch $@

$(STAMPS)/python: $(STAMPS)/venv requirements/lock.txt pyproject.toml packages/telcowire/pyproject.toml
	@echo "setup: Python packages"
	@$(UV) pip install --quiet --compile-bytecode --python .venv --require-hashes -r requirements/lock.txt
	@$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable packages/telcowire --editable .
	@touch $@

# Foreign programs that speak to our servers in tests. They live apart: the product never imports them.
$(STAMPS)/peers: $(STAMPS)/uv tools/peers/requirements.txt
	@echo "setup: peers for the tests"
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python "$$(tools/setup/find-python)" .tools/peers
	@$(UV) pip install --quiet --compile-bytecode --python .tools/peers --require-hashes -r tools/peers/requirements.txt
	@touch $@

# The same from npm: never an error, the tests say when and why they are skipped.
$(STAMPS)/peers-npm: $(STAMPS)/node tools/peers/npm/package.json tools/peers/npm/package-lock.json
	@echo "setup: npm peers for the tests"
	@mkdir -p .tools/peers-npm
	@cp tools/peers/npm/package.json tools/peers/npm/package-lock.json .tools/peers-npm/
	@$(WITH_NODE) npm --prefix .tools/peers-npm ci --silent --no-audit --no-fund --ignore-scripts \
		--fetch-retries=1 --fetch-timeout=20000 || \
		echo "setup: not installed: tests with npm's smpp will be skipped. 'rm .tools/stamps/peers-npm' tries again."
	@touch $@

# The fuzzing engine, for `make fuzz` alone.
$(STAMPS)/fuzz: $(STAMPS)/uv tools/fuzzing/requirements.txt
	@echo "setup: fuzzing engine"
	@$(UV) venv --quiet --allow-existing --no-python-downloads --python "$$(tools/setup/find-python)" .tools/fuzz
	@$(UV) pip install --quiet --python .tools/fuzz --require-hashes -r tools/fuzzing/requirements.txt
	@touch $@

# Browser, Chinese fonts, protocol dissector, SMS gateway: never an error, their tests say when and why they are skipped.
$(STAMPS)/system: tools/setup/debian-packages
	@tools/setup/debian-packages
	@touch $@

$(STAMPS)/node: $(STAMPS)/uv requirements/node.txt tools/setup/has-node
	@if ! tools/setup/has-node; then \
		echo "setup: Node"; \
		$(UV) venv --quiet --allow-existing --no-python-downloads --python "$$(tools/setup/find-python)" .tools/node; \
		$(UV) pip install --quiet --python .tools/node --require-hashes -r requirements/node.txt; \
	fi
	@touch $@

$(STAMPS)/npm: $(STAMPS)/node $(wildcard console/package.json console/package-lock.json)
	@echo "setup: console packages"
	@$(WITH_NODE) npm --prefix console ci --silent --no-audit --no-fund && mkdir -p console/node_modules
	@touch $@

$(STAMPS)/console: $(STAMPS)/npm $(CONSOLE_SOURCES)
	@echo "setup: console"
	@$(WITH_NODE) npm --prefix console run --silent build -- --outDir "$(CURDIR)/src/hongyan/run/console_dist" --emptyOutDir
	@touch $@
