# Everything starts here: `make demo` and `make test` need Python 3.11 or 3.12, git and nothing else.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
SKETCH ?= examples/sketch.png
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c requirements.lock

# Asked of the interpreter itself: a shim may be on the path without anything behind it.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))
PYTHON ?= $(shell for each in python3.11 python3.12 python3 python; do \
	"$$each" -c '$(FITS)' 2>/dev/null && { command -v "$$each"; break; }; done)

export SKETCH

.PHONY: demo run model test check lint test-slow bench lock clean help

help:
	@echo "make demo [SKETCH=picture]  animate a sketch, from the upload to the clip"
	@echo "make run                    start the bot"
	@echo "make model [MODEL=name]     install EasyAnimate and download its weights (22 GB)"
	@echo "make test                   run the tests;  make test-slow: those that take minutes"
	@echo "make check                  linters, types, walls and tests, as in CI"
	@echo "make bench                  measure and print the tables of bench/"
	@echo "make lock                   pin the newest dependencies in requirements.lock"
	@echo "make clean                  remove what the other targets installed and made"

demo: $(VENV)/.core-installed
	@mkdir -p out
	DATA_DIR=data/demo $(BIN)/sketchlife animate "$$SKETCH" -o out/demo.mp4

run: $(VENV)/.core-installed
	$(BIN)/sketchlife run

model: $(VENV)/.model-installed
	$(BIN)/sketchlife download $(MODEL)

test: $(VENV)/.all-installed
	$(BIN)/python -m pytest

test-slow: $(VENV)/.all-installed
	$(BIN)/python -m pytest -m "slow and not gpu"

check: lint test

lint: $(VENV)/.all-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.all-installed
	$(BIN)/python -m bench

# Resolved for the older Python, since what supports it supports 3.12 as well, and where torch comes
# from PyPI, whose build names the CUDA packages that it needs. Installs nothing.
lock: $(BIN)/python
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "Pins are made with Python 3.11: make clean lock PYTHON=python3.11" >&2; exit 2; }
	$(BIN)/python -m pip install --disable-pip-version-check -q --dry-run --ignore-installed \
		--only-binary :all: --report $(VENV)/lock.json '.[easyanimate,modelscope,heic,postgres,test]'
	$(BIN)/python .ci/lock.py < $(VENV)/lock.json > $(VENV)/requirements.lock
	mv $(VENV)/requirements.lock requirements.lock

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf .hypothesis data/demo

# A stamp for each of the three installs: nothing is installed again until what it needs has changed.
$(VENV)/.core-installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing what the demo needs into $(VENV) (about a minute, once) …"
	@$(PIP) -e .
	@$(BIN)/python -m engine.check_libraries
	@touch $@

$(VENV)/.model-installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing EasyAnimate, torch among it, into $(VENV) (some minutes, once) …"
	@$(PIP) -e '.[easyanimate,modelscope]'
	@$(BIN)/python -m engine.check_libraries
	@touch $@ $(VENV)/.core-installed

$(VENV)/.all-installed: pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing everything into $(VENV) (a few minutes, once) …"
	@$(PIP) -e '.[easyanimate,modelscope,heic,test]'
	@$(BIN)/python -m engine.check_libraries
	@touch $@ $(VENV)/.core-installed $(VENV)/.model-installed

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or 3.12 is needed, and neither is on the PATH." >&2; \
		echo "Debian, Ubuntu: sudo apt-get install python3 python3-venv" >&2; \
		echo "elsewhere: https://www.python.org/downloads/, then make PYTHON=/path/to/python" >&2; \
		exit 2; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) lacks its venv module. Install it, then run this again:" >&2; \
		echo "    sudo apt-get install python3-venv" >&2; \
		exit 2; }
	@"$(PYTHON)" -m venv --clear $(VENV)
