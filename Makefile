# Needs Python 3.11 or newer, git and make; everything else comes into .venv, pinned by hash.
PYTHON ?= python3
UV ?= .venv/bin/uv
WORKERS ?= 2
PYTEST = .venv/bin/python -m pytest -n $(WORKERS)
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check

.PHONY: help pilot test test-outside test-long lint bench requirements clean .venv .venv-judges

help:  ## print this list
	@sed -n 's/^\([a-z.-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "make %-14s %s\n", $$1, $$2 }'

pilot: .venv  ## record a small purchase, publish it, verify it; leaves all of it in pilot/ (made anew)
	rm -rf pilot
	.venv/bin/prasasti pilot --output pilot

test: lint  ## check the style and run the product's tests (minutes)
	$(PYTEST) -m "not outside and not long"
	@echo "left out: the judges of other authors (make test-outside), tests that take long (make test-long)"

test-outside: .venv .venv-judges  ## ask the judges of other authors: Go programs, libcoveocds, other Pythons
	@command -v go > /dev/null || echo "left out: tessera's fsck and golang.org/x/mod, which need Go"
	@command -v nginx > /dev/null || echo "left out: the proxy of docs/guides/proxy.en.md, which needs nginx"
	$(PYTEST) -m outside

test-long: .venv .venv-judges  ## run the tests that take long (an hour)
	$(PYTEST) -m long || [ $$? -eq 5 ]  # 5: there are none

lint: .venv  ## check style (ruff), types (mypy) and layers (import-linter)
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: .venv .venv-judges  ## measure speed, each figure beside its limit (half an hour)
	.venv/bin/python -m tests.bench

requirements: .venv  ## pin the newest versions that requirements*.in allow, with hashes
	for name in requirements requirements-dev requirements-judges; do \
		$(UV) pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11 $$name.in -o $$name.txt || exit 1; \
	done

clean:  ## remove what make made: environments, caches, pilot/
	rm -rf .venv .venv-* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build src/*.egg-info pilot

.venv: .venv/project.stamp  ## build the environment (each command does so when needed)

.venv-judges: .venv-judges/requirements.stamp  ## build the environment of libcoveocds, which may not stand beside the product

# The stamps are made last: what was interrupted is done again.
.venv/project.stamp: .venv/requirements.stamp pyproject.toml
	.venv/bin/python $(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/requirements.stamp .venv-judges/requirements.stamp: %/requirements.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, and $(PYTHON) is older or missing; name another: make PYTHON=python3.12"; exit 1; }
	$*/bin/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $*
	$*/bin/python $(PIP_INSTALL) --require-hashes -r $(filter %.txt,$^)
	@touch $@

.venv/requirements.stamp: requirements-dev.txt
.venv-judges/requirements.stamp: requirements-judges.txt
