# Set-up from the locks and the everyday verbs. `make` alone lists them.
# Needs Python 3.11, make and a C++ compiler; everything else comes from requirements/.

PYTHON ?= python3.11
VENV := .venv
READY := $(VENV)/.ready
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
LOCKED := install --require-hashes --no-deps --no-build-isolation

# deepspeed compiles its CPU communication with ninja, which it looks for on PATH.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup reproduce prepare test check lock clean

help: ## list what make can do
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: $(READY) ## set up .venv from the locks (3.3 GB)

reproduce: $(READY) ## retrain and verify one table entry: clip+pix2struct on ChartQA
	harness reproduce clip+pix2struct chartqa

prepare: $(READY) ## draw the mini mirror and check the encoders' weights
	harness prepare

test: $(READY) ## run every test that needs no GPU and no cluster
	ci/test

check: $(READY) ## style, types, layers and the rules of the house
	ci/check

lock: ## resolve requirements/*.in again; LOCK="--upgrade cpu" narrows or renews
	$(PYTHON) requirements/lock $(LOCK)

clean: ## remove .venv and what tools leave behind; runs and mirrors stay
	rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .pytest_cache .ruff_cache
	find benchmarks harness tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is last, so an interrupted set-up is taken up again. Builders come first: pip builds every source package
# before it installs anything. torchvision's declaration is described in requirements/torchvision_cpu/.
$(READY): requirements/build.lock requirements/cpu.lock requirements/dev.lock $(wildcard requirements/torchvision_cpu/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "make: $(PYTHON) is not Python 3.11, which the locks are made for. Name one: make PYTHON=/path/to/python3.11"; exit 3; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) $(LOCKED) -r requirements/build.lock
	$(PIP) $(LOCKED) -r requirements/cpu.lock
	$(PIP) $(LOCKED) -r requirements/dev.lock
	$(PIP) install --no-deps --no-build-isolation --no-index -e .
	cp requirements/torchvision_cpu/*.p* "$$($(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
	@touch $@
