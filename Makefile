# `make run` and `make test` are all one needs; each sets up what is missing by itself.

PYTHON ?= python3
TORCH_INDEX ?=
ARGS ?=
# One thread for each one that calls PyTorch: on small models more are many times slower.
OMP_NUM_THREADS ?= 1
export OMP_NUM_THREADS

BIN := .venv/bin
SETUP := PYTHON="$(PYTHON)" TORCH_INDEX="$(TORCH_INDEX)" sh scripts/setup.sh
# A screen of its own, so that nothing pops up or is in the way.
SCREEN = $(if $(shell command -v xvfb-run),xvfb-run --auto-servernum --server-args="-screen 0 $(1) -nolisten tcp")
# These want arguments, or a day's stream; they have their own ways in.
BENCHMARKS = $(filter-out benchmarks/_% benchmarks/anomaly.py benchmarks/soak.py benchmarks/camera_soak.py,$(sort $(wildcard benchmarks/*.py)))

.DEFAULT_GOAL := help
.PHONY: help run test setup check format bench bench-soak figures docs screenshots clean test-tools other-torch

help: ## show this list
	@echo 'Driftscope, an oscilloscope that learns.'
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo 'Useful: make run ARGS="serial:/dev/ttyUSB0"   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu'

run: setup ## open the window (ARGS="..." goes to driftscope)
	@$(BIN)/driftscope $(ARGS)

test: .venv/ready test-tools ## run the tests (ARGS="tests/core -k params" for some)
	@$(BIN)/python -m pytest $(ARGS)

setup: .venv/ready ## make .venv and install what the window needs
	@$(SETUP) system run

check: .venv/ready ## lint, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/ready ## put the code into its usual form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/ready test-tools ## run every benchmark that takes no arguments
	@failed=0; for file in $(BENCHMARKS); do \
		echo "== $$file"; $(call SCREEN,1280x900x24) $(BIN)/python $$file || failed=1; \
	done; exit $$failed

bench-soak: .venv/ready ## feed a day of samples, an hour of video; watch the memory (long)
	$(BIN)/python benchmarks/soak.py
	$(BIN)/python benchmarks/camera_soak.py

figures: .venv/ready ## run benchmarks and put what they print into docs/benchmarks.md (ARGS="elec2")
	@$(BIN)/python scripts/benchmarks.py $(ARGS)

docs: .venv/ready ## write docs/parameters.md and docs/messages.md from the code
	@$(BIN)/python scripts/parameters.py
	@$(BIN)/python scripts/messages.py

screenshots: .venv/ready test-tools ## make the pictures in docs/ from the running program
	$(call SCREEN,1600x1000x24) $(BIN)/python scripts/screenshots.py

clean: ## remove .venv and all that was made
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/ready: pyproject.toml requirements/constraints.txt scripts/setup.sh
	@$(SETUP) python
	@touch $@

# Another build of PyTorch was asked for than .venv holds: set up anew.
ifneq ($(TORCH_INDEX),)
ifneq ($(TORCH_INDEX),$(shell cat .venv/torch-index 2>/dev/null))
.venv/ready: other-torch
endif
endif

test-tools:
	@$(SETUP) system test
