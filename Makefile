# The GHP unit controller.  `make help` lists the targets; every one sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BOARD ?= ghp50
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test unit lint types scenarios figures reactions soak sweep campaign mutants size flash board clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## make the virtual environment and warm the machine model's compiled kernels

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	$(BIN)/ghp warm
	@touch $@

run: $(READY) ## a day of the machine under MicroPython, live, with a report at the end
	$(BIN)/ghp run scenarios/day.toml --on micropython --live --report build/day $(ARGS)

test: $(READY) lint types ## everything that must hold: rules, types, unit, property, target and scenario tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --durations=10 $(ARGS)

unit: $(READY) ## the quick part of the tests
	$(BIN)/pytest -n $(WORKERS) -m 'not slow' --ignore=host_tests/scenario --ignore=host_tests/product $(ARGS)

lint: $(READY) ## style of every Python file
	$(BIN)/ruff check --quiet firmware boards tools host_tests

types: $(READY) ## the firmware against the stubs of MicroPython on the ESP32
	$(BIN)/ghp types

scenarios: $(READY) ## every scenario to its end, one line each (about 40 minutes)
	$(BIN)/pytest -n $(WORKERS) --whole --timeout 3600 host_tests/scenario/test_scenarios.py -v $(ARGS)

figures: $(READY) ## measure the figures that CHANGELOG keeps
	$(BIN)/ghp figures $(ARGS)

reactions: $(READY) ## measure reaction times and margins against their limits
	$(BIN)/ghp reactions --workers $(WORKERS) $(ARGS)

soak: $(READY) ## thirty ordinary days, in which nothing may trip (two hours or less): ARGS="--days 3", ARGS=--resume
	$(BIN)/ghp soak --workers $(WORKERS) $(ARGS)

sweep: $(READY) ## every input dead in sixty states of engine, changeover, defrost (8160 cases, about half an hour): ARGS="--only leaving_water", ARGS=--resume
	$(BIN)/ghp sweep --workers $(WORKERS) $(ARGS)

campaign: $(READY) ## six hundred drawn runs with drawn faults (about half an hour): ARGS="--minutes 10", ARGS="--seed 7"
	$(BIN)/ghp campaign --jobs $(WORKERS) $(ARGS)

mutants: $(READY) ## planted bugs of the firmware, which scenarios and drawn runs must catch
	$(BIN)/ghp mutants --jobs $(WORKERS) $(ARGS)

size: $(READY) ## bytes of code and heap on the target
	$(BIN)/ghp size $(ARGS)

flash: $(READY) ## put the firmware on a board: make flash PORT=/dev/ttyACM0 [BOARD=ghp50]
	@test -n "$(PORT)" || { echo "flash: say which port, e.g. make flash PORT=/dev/ttyACM0" >&2; exit 2; }
	$(BIN)/ghp flash "$(PORT)" --board $(BOARD)

board: $(READY) ## a virtual board on a pseudo-terminal
	$(BIN)/ghp board $(ARGS)

clean: ## remove what was built (the virtual environment stays)
	rm -rf build .pytest_cache .hypothesis
	find firmware boards tools host_tests -name __pycache__ -type d -exec rm -rf {} +
