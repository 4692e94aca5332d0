# Set-up, tests and the demonstration. Needs Python 3.11.5 or newer and nothing else.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   ?= build/demo

export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup demo test test-thorough lint types imports format docs coverage benchmarks clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5) and "ppdarchive needs Python 3.11.5 or newer: older ones miss what patterns find (gh-106052)")'
	@echo "setting up $(VENV) (a minute or two, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

# The main job on the example study, from exports and coders' projects to a package and back; then a faulty copy.
demo: setup
	@rm -rf $(DEMO)
	@$(BIN)/ppdarchive demo $(DEMO)
	@echo; echo "== The same study with faults planted in its exports"
	@$(BIN)/ppdarchive synth $(DEMO)/faulty --faults
	@echo; echo "== What is wrong with that one? (exit code 1 says that there are findings)"
	@$(BIN)/ppdarchive validate $(DEMO)/faulty; test $$? -eq 1

test: setup lint types imports
	@$(BIN)/pytest -n 2 --dist worksteal -q

test-thorough: setup
	@HYPOTHESIS_PROFILE=thorough $(BIN)/pytest -n 2 -q --thorough

lint: setup
	@$(BIN)/ruff check --quiet --output-format=concise .
	@$(BIN)/ruff format --quiet --check .

types: setup
	@$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports --no-cache > build-imports.log 2>&1 || { cat build-imports.log; rm build-imports.log; exit 1; }
	@rm build-imports.log

format: setup
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

coverage: setup
	@$(BIN)/pytest -n 2 -q --cov --cov-report=term-missing:skip-covered

docs: setup
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

benchmarks: setup
	@$(BIN)/python benchmarks/validate.py
	@$(BIN)/python benchmarks/package.py
	@$(BIN)/python benchmarks/text.py
	@$(BIN)/python benchmarks/text_quality.py

clean:
	rm -rf $(VENV) build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis
