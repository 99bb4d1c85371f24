# Everything a person or CI runs. Needs Python 3.11 or newer with venv, and make; Node and npm come from PyPI.
PYTHON ?= python3
# What synthesizes: cdktf, or cdktn, its successor; docs/engines.md.
ENGINE ?= cdktf
ENVIRONMENT ?= dev
BASE ?= main
ARGS ?=
N ?=
SEED ?= 1
OPTIONS := ARGS BASE ENGINE ENVIRONMENT N PYTHON SEED

ifeq ($(ENGINE),cdktn)
VENV := .venv-cdktn
REQUIREMENTS := requirements/cdktn.txt
CLI_FOLDER := requirements/cdktn-cli/
else
VENV := .venv
REQUIREMENTS := requirements.txt
CLI_FOLDER :=
endif
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.requirements-installed
INSTALLED_OPERATIONS := $(VENV)/.requirements-operations-installed
INSTALLED_DEV := $(VENV)/.requirements-dev-installed
CHECKOV := .venv-checkov
INSTALLED_CHECKOV := $(CHECKOV)/.requirements-installed
DOCS := .venv-docs
INSTALLED_DOCS := $(DOCS)/.requirements-installed
# Wheels of which each is one that was compiled into the file: a build would fetch what it needs without a hash.
PIP_INSTALL := -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement
COMPILE_OPTIONS := --universal --python-version 3.11
# The comment at the top of a compiled file tells Dependabot with which options it compiles the file again.
PIP_COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes $(COMPILE_OPTIONS) \
	--custom-compile-command "make requirements, which runs uv pip compile $(COMPILE_OPTIONS)"
NODE_MODULES := $(CLI_FOLDER)node_modules
CLI := $(NODE_MODULES)/.package-lock.json

.DEFAULT_GOAL := help
TARGETS := help install install-local install-operations synth review test test-quick snapshots check format docs bench transitions cdktf local-aws local-deploy local-destroy local-stop requirements wheels clean
.PHONY: $(TARGETS)

# A misspelled option would change nothing: `make local-deploy ENV=production` would deploy dev. Only the command line of
# this make is checked, and not the environment or the command line of a make that calls this one.
KNOWN := $(OPTIONS) BIN CHECKOV CLI CLI_FOLDER DOCS MADE NODE_MODULES REQUIREMENTS INSTALLED INSTALLED_CHECKOV INSTALLED_DEV INSTALLED_DOCS INSTALLED_OPERATIONS \
	COMPILE_OPTIONS PIP_COMPILE PIP_INSTALL VENV CURDIR MAKE MAKEFILES MAKEFLAGS SHELL
GIVEN = $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
UNKNOWN := $(if $(filter-out 0,$(MAKELEVEL)),,$(firstword $(filter-out $(KNOWN) .% -%,$(GIVEN))))
# The distance of two words is the number of letters to change, add or remove; a word that is cut short is nearest.
define NEAREST
function distance(a, b,  i, j, d) { \
	for (i = 0; i <= length(a); i++) d[i, 0] = i; for (j = 0; j <= length(b); j++) d[0, j] = j; \
	for (i = 1; i <= length(a); i++) for (j = 1; j <= length(b); j++) { \
		d[i, j] = d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)); \
		if (d[i - 1, j] + 1 < d[i, j]) d[i, j] = d[i - 1, j] + 1; if (d[i, j - 1] + 1 < d[i, j]) d[i, j] = d[i, j - 1] + 1 } \
	return index(b, a) == 1 ? 0 : d[length(a), length(b)] } \
BEGIN { for (k = 2; k < ARGC; k++) { found = distance(toupper(ARGV[1]), ARGV[k]); \
	if (k == 2 || found < least) { least = found; nearest = ARGV[k] } } print nearest }
endef
ifneq ($(UNKNOWN),)
$(error unknown variable $(UNKNOWN): did you mean $(shell awk '$(NEAREST)' '$(UNKNOWN)' $(OPTIONS))? Known are $(OPTIONS))
endif
# make runs one target after another, and would deploy dev before it finds out that there is no target `production`.
NO_TARGET := $(firstword $(filter-out $(TARGETS) Makefile .% $(NODE_MODULES)/%,$(MAKECMDGOALS)))
ifneq ($(NO_TARGET),)
$(error there is no target $(NO_TARGET); make help lists them; an environment is named by ENVIRONMENT=$(NO_TARGET))
endif

# A first installation is the first that a folder without the right to write refuses; npm would need forty lines for it.
MADE = $(if $(wildcard $(VENV)/bin/pip),,$(VENV)) $(if $(filter cdktf local-deploy local-destroy test,$(MAKECMDGOALS)),$(if $(wildcard $(NODE_MODULES)),,$(NODE_MODULES)))
ifneq ($(filter-out help clean,$(MAKECMDGOALS)),)
ifeq ($(filter cdktf cdktn,$(ENGINE)),)
$(error ENGINE=$(ENGINE): there is no such engine; write cdktf, which is the default, or cdktn)
endif
ifneq ($(strip $(MADE)),)
ifneq ($(shell test -w . && echo yes),yes)
$(error $(CURDIR) cannot be written, and $(firstword $(MADE)) is to be made in it; copy the project to a folder of your own)
endif
endif
endif

# Where the environment forbids bytecode, each of the many processes of a test run would compile the project again.
unexport PYTHONDONTWRITEBYTECODE

# Lines are broken at words, below what they explain; not where the list goes to a program.
help: ## show this list
	@columns=$${COLUMNS:-$$(if [ -t 1 ]; then stty size | cut -d ' ' -f 2; fi)}; \
	awk -F ':.*## ' -v columns="$${columns:-9999}" '/^[a-z-]+:.*## / { \
		line = sprintf("  make %-14s", $$1); count = split($$2, words, " "); \
		for (i = 1; i <= count; i++) { \
			if (length(line) + 1 + length(words[i]) > columns) { print line; line = sprintf("%21s", "") } \
			line = line " " words[i] } \
		print line }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## set up .venv for synthesis; the other commands do it when needed

install-local: $(INSTALLED_DEV)  # what ./aurora-serverless local needs; it does this by itself

install-operations: $(INSTALLED) $(INSTALLED_OPERATIONS)  # what ./aurora-serverless needs; it does this by itself

synth: $(INSTALLED) ## synthesize every environment into cdktf.out; ENGINE=cdktn uses CDKTF's successor
	@$(BIN)/python main.py

review: $(INSTALLED) $(INSTALLED_OPERATIONS) ## show what the change would do, compared with BASE=main; ARGS="--markdown" and so on
	@./aurora-serverless review $(BASE) $(ARGS)

test: $(INSTALLED_DEV) $(INSTALLED_CHECKOV) $(CLI) ## run the whole test suite; ARGS="-k pause" narrows it
	@$(BIN)/python -m pytest --numprocesses 10 --dist loadgroup --no-loadscope-reorder $(ARGS)

test-quick: $(INSTALLED_DEV) ## run the tests without Terraform, PostgreSQL chain, Checkov or generated files
	@$(BIN)/python -m pytest --quick --numprocesses auto --dist loadgroup --no-loadscope-reorder $(ARGS)

snapshots: $(INSTALLED_DEV) ## write all generated files: snapshots, pages, schema, pictures, layouts; list those that changed
	@$(BIN)/python -m pytest tests/test_snapshots.py tests/test_nets.py tests/cli/test_layouts.py \
		tests/stacks/test_generated_files.py \
		tests/analysis/diagram/test_pictures.py tests/analysis/diagram/test_text.py \
		tests/analysis/review/test_comment_picture.py tests/cli/reports/test_review.py --quiet --accept-snapshots

check: $(INSTALLED_DEV) ## lint, format check, imports and type check
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@PYTHONPATH=.:constructs $(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/mypy

format: $(INSTALLED_DEV) ## format the code and fix what the linter can
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

docs: $(INSTALLED_DOCS) ## build the documentation site into site/; fails on a broken link
	@NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict $(ARGS)

bench: $(INSTALLED_DEV) ## measure stock and fast start, growth, and the Data API; writes docs/performance.md
	@$(BIN)/python -m benchmarks $(ARGS)

transitions: $(INSTALLED_DEV) ## change running deployments in every way, on local AWS; N=200 SEED=1 for random changes
	@PYTHONPATH=.:constructs $(BIN)/python -m tests.transitions $(if $(N),--count $(N) --seed $(SEED)) $(ARGS)

cdktf: $(INSTALLED) $(CLI) ## run the pinned CLI of ENGINE (cdktf): make cdktf ARGS="deploy dev"
	@$(BIN)/python -m stacks.missing_variables $(ARGS)
	@PATH="$(CURDIR)/$(BIN):$$PATH" MAKEFLAGS= CHECKPOINT_DISABLE=1 DISABLE_VERSION_CHECK=1 ENGINE=$(ENGINE) \
		"$$($(BIN)/node -p process.execPath)" $(NODE_MODULES)/.bin/$(ENGINE) $(ARGS)

local-aws: $(INSTALLED_DEV) ## run local AWS in the foreground; ARGS="--port 5000"
	@exec $(BIN)/python -m local_aws serve $(ARGS)

local-deploy: $(INSTALLED_DEV) $(CLI) ## deploy to local AWS, no account: ENVIRONMENT=dev
	@exec env PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local_aws deploy $(ENVIRONMENT) $(ARGS)

local-destroy: $(INSTALLED_DEV) $(CLI) ## destroy what local-deploy created; ARGS=--remove-protection if it is protected
	@exec env PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m local_aws destroy $(ENVIRONMENT) $(ARGS)

local-stop: $(INSTALLED_DEV) ## stop local AWS and discard everything on it
	@exec $(BIN)/python -m local_aws stop $(ARGS)

requirements: $(INSTALLED_DEV) ## pin the requirements, with hashes, from the .in files
	@$(PIP_COMPILE) requirements/dev.in --output-file requirements/dev.txt
	@$(PIP_COMPILE) --constraint requirements/dev.txt requirements.in --output-file requirements.txt
	@$(PIP_COMPILE) --constraint requirements/dev.txt requirements/cdktn.in --output-file requirements/cdktn.txt
	@$(PIP_COMPILE) --constraint requirements/dev.txt requirements/operations.in --output-file requirements/operations.txt
	@$(PIP_COMPILE) requirements/checkov.in --output-file requirements/checkov.txt
	@$(PIP_COMPILE) --constraint requirements/dev.txt requirements/docs.in --output-file requirements/docs.txt

wheels: $(INSTALLED_DEV) ## build the packages of docs/packages.md to dist; ARGS="--tag cdktf-fast-start-v0.1.0" for one
	@rm -rf dist
	@$(BIN)/python -m packages $(ARGS)

clean: ## remove what make created, except state files
	@rm -rf .venv .venv-cdktn $(CHECKOV) $(DOCS) node_modules requirements/cdktn-cli/node_modules site cdktf.out examples/*/cdktf.out dist .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"error: Python 3.11 or newer is needed, this is {sys.version.split()[0]}; say which to use: make PYTHON=python3.12 ...")'
	@echo "making $(VENV), a Python of this project's own, once: about 5 seconds" >&2
	@$(PYTHON) -m venv --clear $(VENV)

$(INSTALLED): $(REQUIREMENTS) | $(VENV)/bin/pip
	@echo "installing $(ENGINE), Node and the bindings of AWS's provider into $(VENV), once: about half a minute" >&2
	@$(BIN)/python $(PIP_INSTALL) $<
	@touch $@

$(INSTALLED_OPERATIONS): requirements/operations.txt | $(VENV)/bin/pip
	@echo "installing what ./aurora-serverless needs into $(VENV), once: about 15 seconds" >&2
	@$(BIN)/python $(PIP_INSTALL) $<
	@touch $@

$(INSTALLED_DEV): requirements/dev.txt $(REQUIREMENTS) | $(VENV)/bin/pip
	@echo "installing what tests and checks need into $(VENV), once: about a minute" >&2
	@$(BIN)/python $(PIP_INSTALL) $< --requirement $(REQUIREMENTS)
	@touch $@ $(INSTALLED) $(INSTALLED_OPERATIONS)

$(INSTALLED_CHECKOV): requirements/checkov.txt | $(VENV)/bin/pip
	@echo "installing Checkov into $(CHECKOV), once: about half a minute" >&2
	@$(BIN)/python -m venv --clear $(CHECKOV)
	@$(CHECKOV)/bin/python $(PIP_INSTALL) $<
	@touch $@

$(INSTALLED_DOCS): requirements/docs.txt | $(VENV)/bin/pip
	@echo "installing MkDocs into $(DOCS), once: about 15 seconds" >&2
	@$(BIN)/python -m venv --clear $(DOCS)
	@$(DOCS)/bin/python $(PIP_INSTALL) $<
	@touch $@

$(CLI): $(CLI_FOLDER)package-lock.json | $(INSTALLED)
	@echo "installing the $(ENGINE) CLI into $(NODE_MODULES), once: about half a minute" >&2
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix ./$(CLI_FOLDER) --no-audit --no-fund --loglevel=error
	@touch $@
