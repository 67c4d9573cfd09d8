# The developer's menu. `make` alone prints it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Tests wait more than they compute.
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))
export UV_SYSTEM_CERTS := 1
# Many container images forbid bytecode; here each of the test processes would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test check lint types floors wheel bench plots mutants format clean
help: ## this menu
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(VENV)/.ready ## the whole product on this machine, in the browser; ARGS=--once prints the story and ends
	@gpu-advise demo $(ARGS)

test: $(VENV)/.ready-to-test ## every test (PostgreSQL and a browser included where they can be had)
	@pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types floors wheel ## everything that CI asks besides the tests

lint: $(VENV)/.ready-to-test ## ruff: rules and format
	@ruff check . && ruff format --check .

types: $(VENV)/.ready-to-test ## mypy --strict
	@mypy

floors: $(VENV)/.ready-to-test ## import contracts: who may use whom
	@lint-imports

wheel: $(VENV)/.ready-to-test ## build the wheel, install it elsewhere, see that it finds its templates and data
	@sh .ci/wheel

bench: $(VENV)/.ready-to-test ## benchmarks: ratios against naive twins, never part of the tests
	@$(BIN)/python -m tests.benchmarks $(ARGS)

plots: $(VENV)/.ready-to-test ## draw the pictures of docs/engine.md anew
	@$(BIN)/python -m tests.benchmarks.plots

mutants: $(VENV)/.ready-to-test ## break the search on purpose, one line at a time; every break must be noticed
	@$(BIN)/python -m tests.engine.mutants $(ARGS)

format: $(VENV)/.ready-to-test ## let ruff mend what it can
	@ruff check --fix . ; ruff format .

clean: ## remove what make built
	rm -rf $(VENV) .tools dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# uv is quick, but a machine may have none of its wheels or a mirror that only pip knows: then pip does the same work.
$(VENV)/.ready: pyproject.toml constraints.txt
	@sh .ci/install ""
	@touch $@

$(VENV)/.ready-to-test: pyproject.toml constraints.txt
	@sh .ci/install "[test]"
	@touch $@ $(VENV)/.ready
