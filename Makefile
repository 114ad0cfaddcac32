# Everything is done in folders that this file makes, .venv, .alicloud and .engine: nothing else of the machine changes,
# but for one thing. Where there is no Chromium, `make browser-tests` (and so `make test`) installs Debian's package, by
# apt-get, if it is root or may use sudo without a password; DEVICE_CERTIFICATES_CHROMIUM=/path/to/one names another.
PYTHON ?= python3
WORKERS ?= auto

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet
IN_VIEW := $(PY) -m tools.processes
# The checkout's own tools first, then the engine; a failure to get one stops here.
WITH_ENGINE = engine=$$($(PY) -m tools.engine $(HOSTS)) && PATH="$(CURDIR)/.venv/bin:$$engine:$$PATH"
WITH_BROWSER = browser=$$($(PY) -m tools.browser) && DEVICE_CERTIFICATES_CHROMIUM="$$browser"
CODE := providers policies stacks tools tests bench
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit engine-tests browser-tests bench docs screenshots format lock engine clean
.NOTPARALLEL:

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.run  ## read certificates from the emulator with the real Pulumi engine, without an account
	@$(PY) -m tools.demo

test: lint types unit browser-tests engine-tests  ## all tests, linters and types; what CI runs

lint: .venv/.dev  ## ruff: rules and format; import-linter: who may import whom
	@echo "==> ruff check"
	@$(PY) -m ruff check
	@echo "==> ruff format --check"
	@$(PY) -m ruff format --check
	@echo "==> import-linter"
	@.venv/bin/lint-imports --no-cache

types: .venv/.dev .alicloud/.sdk  ## mypy --strict
	@echo "==> mypy --strict"
	@$(PY) -m mypy --strict --explicit-package-bases $(filter-out bench,$(CODE)) $(wildcard bench/*.py)

unit: .venv/.dev .alicloud/.sdk  ## unit and contract tests, with branch coverage of the package
	@echo "==> pytest: unit and contract tests, with branch coverage"
	@$(PY) -m pytest -n $(WORKERS) --cov --cov-branch --cov-fail-under=95 tests/unit tests/contract

browser-tests: .venv/.dev  ## tests of the HTML report in a headless Chromium
	@echo "==> pytest: in a headless Chromium"
	@$(WITH_BROWSER) $(PY) -m pytest -n $(WORKERS) tests/browser

engine-tests: HOSTS := node  # for the example in TypeScript
engine-tests: .venv/.dev .alicloud/.sdk .venv/.actionlint  ## tests under the real Pulumi engine, those of the CI systems too
	@echo "==> pytest: under the real engine"
	@$(WITH_ENGINE) $(PY) -m pytest -n $(WORKERS) tests/engine tests/ci

bench: .venv/.dev  ## the benchmark, as ratios of one run
	@$(WITH_ENGINE) $(PY) -m bench

docs: .venv/.run  ## write every table, page and source file that follows from code
	@$(PY) -m tools.docs

screenshots: .venv/.dev  ## make the README's pictures of the HTML report anew
	@$(PY) -m tools.screenshots

format: .venv/.dev  ## let ruff write what it can
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

engine: .venv/.run  ## get the Pulumi CLI: from PATH, the official download or a build by Go
	@$(PY) -m tools.engine

clean:  ## remove what these targets made
	rm -rf .venv .alicloud .engine .demo .device-certificates .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	rm -rf build dist
	find $(wildcard $(CODE)) -type d -name __pycache__ -prune -exec rm -rf {} +

# One environment for all: .run says that it has what the package needs to run, .dev that it has the tools too. A stamp
# is removed before its installation starts and made after it has ended, so that an interrupted one is done again.
.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=/path/to/python3.12 ..."; \
	  exit 1; } >&2
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.build: .venv/.python locks/build.txt
	@rm -f .venv/.build .venv/.run .venv/.dev
	@$(IN_VIEW) "Installing locks/build.txt" $(PIP) --require-hashes --no-deps -r locks/build.txt
	@touch $@

.venv/.run: .venv/.build locks/run.txt pyproject.toml
	@rm -f .venv/.run .venv/.dev
	@$(IN_VIEW) "Installing locks/run.txt" $(PIP) --require-hashes --no-deps --no-build-isolation -r locks/run.txt
	@$(IN_VIEW) "Installing the package" $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run locks/dev.txt
	@rm -f .venv/.dev
	@$(IN_VIEW) "Installing locks/dev.txt" $(PIP) --require-hashes --no-deps --no-build-isolation -r locks/dev.txt
	@touch $@

# The linter of GitHub workflows is a Go program: where there is no Go, or it gets no modules, its test is skipped.
.venv/.actionlint: tools/actionlint/go.mod tools/actionlint/go.sum | .venv/.python
	@if ! command -v go > /dev/null; then echo "There is no Go to build actionlint with: its test is skipped"; \
	elif $(IN_VIEW) "Building actionlint" env GOWORK=off CGO_ENABLED=0 go build -C tools/actionlint -mod=readonly -trimpath \
	  -o "$(CURDIR)/.venv/bin/actionlint" github.com/rhysd/actionlint/cmd/actionlint; then touch $@; \
	else echo "actionlint cannot be built: its test is skipped"; fi

# The SDK of stacks/deployment, apart from .venv: were it in there, Pulumi would try to download its plugin, over 100 MB,
# before every preview of every stack. Only what checks or tests that stack puts this folder on its path.
.alicloud/.sdk: locks/alicloud.txt | .venv/.run
	@rm -rf .alicloud
	@$(IN_VIEW) "Installing locks/alicloud.txt" $(PIP) --require-hashes --no-deps --no-compile --target .alicloud -r locks/alicloud.txt
	@touch $@

# For every Python from 3.11 and every platform in one file each. Pins stay where they are; `make lock UPGRADE=--upgrade`
# renews them. uv is needed for this alone, and goes again.
COMPILE = "$$uv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock" -c locks/constraints.in $(UPGRADE)
# What the SDK's folder needs beyond .venv.
WITHOUT_RUN = $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' locks/run.txt)
lock: .venv/.python  ## write the lock files anew from pyproject.toml
	@uv=$$(mktemp -d) && trap 'rm -rf "$$uv"' EXIT && \
	$(PY) -m venv "$$uv" && "$$uv/bin/python" -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) && \
	$(COMPILE) locks/build.in -o locks/build.txt && \
	$(COMPILE) -c locks/build.txt pyproject.toml -o locks/run.txt && \
	$(COMPILE) -c locks/build.txt -c locks/run.txt --extra dev pyproject.toml -o locks/dev.txt && \
	$(COMPILE) -c locks/build.txt -c locks/run.txt $(WITHOUT_RUN) --extra alicloud pyproject.toml -o locks/alicloud.txt && \
	! grep -nE '://|--(find-links|index|extra-index|trusted-host)' locks/*.txt
