# Everything a person or CI runs. Needs Python 3.11 or newer with venv, and make; Node and npm come from PyPI.
PYTHON ?= python3
ENVIRONMENT ?= dev
BASE ?= main
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.requirements-installed
INSTALLED_OPERATIONS := $(VENV)/.requirements-operations-installed
INSTALLED_DEV := $(VENV)/.requirements-dev-installed
CHECKOV := .venv-checkov
INSTALLED_CHECKOV := $(CHECKOV)/.requirements-installed
CLI := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help install install-operations synth review test snapshots check format bench cdktf local-aws local-deploy local-destroy requirements clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## set up .venv with what synthesis needs, once; every other command does it by itself

install-operations: $(INSTALLED) $(INSTALLED_OPERATIONS)  # what ./alexdb needs; it does this by itself

synth: $(INSTALLED) ## synthesize every environment to cdktf.out
	@$(BIN)/python main.py

review: $(INSTALLED) $(INSTALLED_OPERATIONS) ## what the change would do, against BASE=main; ARGS="--markdown" and so on
	@./alexdb review $(BASE) $(ARGS)

test: $(INSTALLED_DEV) $(INSTALLED_CHECKOV) $(CLI) ## run the whole test suite; ARGS="-k pause" narrows it
	@$(BIN)/python -m pytest --numprocesses 6 --dist loadgroup --no-loadscope-reorder $(ARGS)

snapshots: $(INSTALLED_DEV) ## accept the synthesized JSON as new snapshots; write docs/options.md, schema and pictures anew
	@$(BIN)/python -m pytest tests/test_snapshots.py tests/test_nets.py \
		tests/stacks/test_generated_files.py \
		tests/operations/diagram/test_pictures.py --quiet --accept-snapshots

check: $(INSTALLED_DEV) ## lint, format check and type check
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

format: $(INSTALLED_DEV) ## format the code and mend what the linter can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(INSTALLED_DEV) ## measure stock against lazy, growth, and the Data API; writes docs/performance.md
	@$(BIN)/python -m benchmarks $(ARGS)

cdktf: $(INSTALLED) $(CLI) ## run the pinned cdktf CLI: make cdktf ARGS="deploy dev"
	@PATH="$(CURDIR)/$(BIN):$$PATH" MAKEFLAGS= CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1 \
		"$$($(BIN)/node -p process.execPath)" node_modules/.bin/cdktf $(ARGS)

local-aws: $(INSTALLED_DEV) ## run AWS on this machine, in the foreground; ARGS="--port 5000"
	@$(BIN)/python -m local_aws serve $(ARGS)

local-deploy: $(INSTALLED_DEV) $(CLI) ## deploy to local AWS, no account: ENVIRONMENT=dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local_aws deploy $(ENVIRONMENT) $(ARGS)

local-destroy: $(INSTALLED_DEV) $(CLI) ## destroy what local-deploy made: ENVIRONMENT=dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local_aws destroy $(ENVIRONMENT) $(ARGS)

requirements: $(INSTALLED_DEV) ## compile the pinned requirements from the .in files
	@$(BIN)/uv pip compile --quiet --universal --no-header --python-version 3.11 \
		requirements-dev.in --output-file requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --universal --no-header --python-version 3.11 \
		--constraint requirements-dev.txt requirements.in --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --no-header --python-version 3.11 \
		--constraint requirements-dev.txt requirements-operations.in --output-file requirements-operations.txt
	@$(BIN)/uv pip compile --quiet --universal --no-header --python-version 3.11 \
		requirements-checkov.in --output-file requirements-checkov.txt

clean: ## remove what make made, but no state file
	@rm -rf $(VENV) $(CHECKOV) node_modules cdktf.out .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"error: Python 3.11 or newer is needed, this is {sys.version.split()[0]}; say which to use: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --clear $(VENV)

$(INSTALLED): requirements.txt | $(VENV)/bin/pip
	@echo "installing requirements.txt into $(VENV) (once)" >&2
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(INSTALLED_OPERATIONS): requirements-operations.txt | $(VENV)/bin/pip
	@echo "installing requirements-operations.txt into $(VENV) (once)" >&2
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements-operations.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt | $(VENV)/bin/pip
	@echo "installing requirements-dev.txt into $(VENV) (once, about a minute)" >&2
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@ $(INSTALLED) $(INSTALLED_OPERATIONS)

$(INSTALLED_CHECKOV): requirements-checkov.txt | $(VENV)/bin/pip
	@echo "installing requirements-checkov.txt into $(CHECKOV) (once, half a minute)" >&2
	@$(BIN)/python -m venv --clear $(CHECKOV)
	@$(CHECKOV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(CLI): package-lock.json | $(INSTALLED)
	@echo "installing the cdktf CLI into node_modules (once)" >&2
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@touch $@
