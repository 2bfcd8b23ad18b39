# `make help` says what there is. Every target does its own set-up; the set-up is quick when nothing is to do.
SHELL := /bin/sh
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/.venv/bin:$(PATH):/usr/sbin:/sbin
# Byte code is kept in one place, so that directories which are copied, hashed or built into images stay as they are in Git.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.bytecode

# As many test processes as there are processors: `make test WORKERS=4` sets another number.
WORKERS ?= auto
# How the demo keeps configuration in Git: directories, branches or repositories; all: one after another, and compared.
LAYOUT ?= directories
# A part of the tests: `make test TESTS=tests/engine`.
TESTS ?= tests

.PHONY: help setup demo demo-clean test check coverage bench lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

setup: ## Prepare this machine (says what it installs; twice is harmless)
	@tools/setup

demo: ## Carry a release from a commit to production and back, on real parts (LAYOUT=branches, …, all)
	@PYTHON=$$(command -v python || command -v python3); PYTHONPATH=tools "$$PYTHON" -m demo --check --layout "$(LAYOUT)"
	@tools/setup
	@PYTHONPATH=tools python -m demo --layout "$(LAYOUT)"

demo-clean: ## Stop and remove everything that the demo made
	@PYTHON=$$(command -v python || command -v python3); PYTHONPATH=tools exec "$$PYTHON" -m demo --clean

test: ## Run the whole test suite (builds Helm once: minutes)
	@tools/setup --tests
	@python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: ## Format, lint, types, import contracts, file sizes, the docs' examples; needs no containers
	@tools/setup --python
	@python tools/check.py

coverage: ## Measure how much of the core its tests run; fails below 95 % of a room's branches or lines
	@tools/setup --python
	@python tools/covered.py -n $(WORKERS) --dist worksteal

bench: setup ## Measure, and print the figures beside their goals
	@python bench/run

lock: ## Lock the Python packages again after a change of pyproject.toml (needs uv)
	@tools/lock

clean: demo-clean ## Remove what set-up, demo and tests made in this directory
	@rm -rf .tools .venv .bytecode .bench .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
