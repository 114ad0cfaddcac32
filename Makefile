# Everything happens in folders that this file makes: .venv, .alicloud, .packagers and .engine. There is one exception: if
# there is no Chromium, `make browser-tests` (and so `make test`) installs Debian's package with apt-get, as root or by sudo
# without a password. DEVICE_CERTIFICATES_CHROMIUM=/path/to/one names another.
PYTHON ?= python3
WORKERS ?= auto
# The Pulumi CLI: newest, oldest or a version. If this is empty, each part of the checks has its own.
ENGINE ?=

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet
IN_VIEW := $(PY) -m tools.processes
CHECKS := $(PY) -m tools.checks --workers=$(WORKERS) --engine="$(ENGINE)"
# The checkout's own tools first, then the engine; if there is none, this stops here.
WITH_ENGINE = engine=$$($(PY) -m tools.engine --version=$(or $(ENGINE),newest)) && PATH="$(CURDIR)/.venv/bin:$$engine:$$PATH"
CODE := providers policies stacks tools tests bench

.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit engine-tests browser-tests bench scale faults soak fuzz corpus docs screenshots changelog release format lock engine clean
.NOTPARALLEL:

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.run  ## read certificates from the emulator with the real Pulumi engine; needs no account
	@$(PY) -m tools.demo

# All parts run, even if one fails. T=tests/engine/test_gate.py runs chosen tests in their environment, K=rotated those
# whose names match; ARGS="-x --pdb" goes to pytest.
test: .venv/.dev .alicloud/.sdk .packagers/.tools .venv/.actionlint  ## all checks, as CI runs them; T=PATH K=NAME: only these tests
	@$(CHECKS) --tests="$(T)" --keyword="$(K)" --pytest="$(ARGS)"

lint: .venv/.dev  ## ruff: rules and format; import-linter: who may import whom
	@$(CHECKS) lint

types: .venv/.dev .alicloud/.sdk  ## mypy --strict
	@$(CHECKS) types

unit: .venv/.dev .alicloud/.sdk  ## unit and contract tests, with branch coverage of the package
	@$(CHECKS) unit

browser-tests: .venv/.dev  ## tests of the HTML report in a headless Chromium
	@$(CHECKS) browser-tests

engine-tests: .venv/.dev .alicloud/.sdk .packagers/.tools .venv/.actionlint  ## tests with the real Pulumi engine; ENGINE=oldest or 3.230.0: on that one
	@$(CHECKS) engine-tests

bench: .venv/.dev  ## the benchmark: ratios to a peer, measured in one run
	@$(WITH_ENGINE) $(PY) -m bench

# PART=growth or PART=checkpoints measures one of the tables.
scale: .venv/.dev  ## measure up to 10,000 certificates for the tables and the plot of docs/scale.md: 20 minutes
	@$(WITH_ENGINE) $(PY) -m bench.scale $(PART)

faults: .venv/.dev  ## read COUNT=1000 certificates with the real engine while 30 % of the responses are broken
	@$(WITH_ENGINE) $(PY) -m tools.faults $(or $(COUNT),1000)

soak: .venv/.dev  ## read and preview under faults for five minutes: memory, threads and descriptors stay flat
	@$(WITH_ENGINE) $(PY) -m tools.faults.soak

fuzz: .venv/.dev  ## damaged responses and certificates, COUNT=500000 or ten minutes: only our own errors come out
	@$(PY) -m tools.faults.fuzz $(or $(COUNT),500000)

# FOLDERS="..." adds others, such as checkouts of certificate linters.
corpus: .venv/.run .corpus/.vectors  ## read public certificates, and compare with openssl x509; FOLDERS=...: others too
	@$(PY) -m tools.corpus .corpus/cryptography_vectors $(FOLDERS)

docs: .venv/.dev  ## write every table, page and source file that follows from code
	@$(PY) -m tools.docs

screenshots: .venv/.dev  ## draw the README's pictures of the HTML report
	@$(PY) -m tools.screenshots

changelog: .venv/.dev  ## collect the fragments of changelog.d/ in CHANGELOG.md, under the version of pyproject.toml
	@$(PY) -m towncrier build --yes --version "$$($(PY) -m hatchling version)"
	@sed '/^## .* (unreleased)$$/d' CHANGELOG.md > CHANGELOG.new && mv CHANGELOG.new CHANGELOG.md

release: .venv/.dev  ## build sdist and wheel of this commit in dist/: reproducible, checked and tried out
	@$(PY) -m tools.release

format: .venv/.dev  ## apply ruff's fixes and format
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

engine: .venv/.run  ## get the Pulumi CLI: from PATH, the official download or a Go build
	@$(PY) -m tools.engine $(if $(ENGINE),--version=$(ENGINE))

clean:  ## remove everything that these targets have made
	rm -rf .venv .alicloud .packagers .engine .corpus .demo .device-certificates .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	rm -rf build dist
	find $(wildcard $(CODE)) -type d -name __pycache__ -prune -exec rm -rf {} +

# One environment: .run marks that it has the package's requirements, .dev that it has the tools too. Each stamp is removed
# before its installation and made after it, so make repeats an interrupted installation.
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

# The linter of GitHub workflows is a Go program. Without Go, or without access to its modules, its test is skipped.
.venv/.actionlint: tools/actionlint/go.mod tools/actionlint/go.sum | .venv/.python
	@if ! command -v go > /dev/null; then echo "There is no Go to build actionlint: its test is skipped"; \
	elif $(IN_VIEW) "Building actionlint" env GOWORK=off CGO_ENABLED=0 go build -C tools/actionlint -mod=readonly -trimpath \
	  -o "$(CURDIR)/.venv/bin/actionlint" github.com/rhysd/actionlint/cmd/actionlint; then touch $@; \
	else echo "actionlint cannot be built: its test is skipped"; fi

# The SDK of stacks/deployment, outside of .venv: if it were installed there, Pulumi would try to download its plugin, over
# 100 MB, before every preview of every stack. Only the checks and tests of that stack have this folder on their path.
.alicloud/.sdk: locks/alicloud.txt | .venv/.run
	@rm -rf .alicloud
	@$(IN_VIEW) "Installing locks/alicloud.txt" $(PIP) --require-hashes --no-deps --no-compile --target .alicloud -r locks/alicloud.txt
	@touch $@

# uv and Poetry, as users have them: apart from what they install. The tests of docs/install.md use both, `make lock` uv.
.packagers/.tools: locks/packagers.txt | .venv/.python
	@$(PYTHON) -m venv --clear .packagers
	@$(IN_VIEW) "Installing locks/packagers.txt" .packagers/bin/python -m pip --disable-pip-version-check --no-input install \
	  --quiet --require-hashes --no-deps -r locks/packagers.txt
	@touch $@

# The test certificates of the X.509 parser, 126 MB.
.corpus/.vectors: locks/corpus.txt | .venv/.run
	@rm -rf .corpus
	@$(IN_VIEW) "Installing locks/corpus.txt" $(PIP) --require-hashes --no-deps --no-compile --target .corpus -r locks/corpus.txt
	@touch $@

# Each lock file is for every Python from 3.11 and every platform. Pins do not change unless pyproject.toml requires it;
# `make lock UPGRADE=--upgrade` renews them.
COMPILE = .packagers/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock" -c locks/constraints.in $(UPGRADE)
# What the SDK's folder needs beyond .venv.
WITHOUT_RUN = $$(sed -n 's/^\([A-Za-z0-9._-]*\)==.*/--no-emit-package \1/p' locks/run.txt)
lock: .packagers/.tools  ## resolve pyproject.toml into the lock files
	@$(COMPILE) locks/build.in -o locks/build.txt && \
	$(COMPILE) locks/packagers.in -o locks/packagers.txt && \
	$(COMPILE) -c locks/build.txt pyproject.toml -o locks/run.txt && \
	$(COMPILE) -c locks/build.txt -c locks/run.txt --extra dev pyproject.toml -o locks/dev.txt && \
	sed -n 's/^cryptography==\([^ ]*\).*/cryptography-vectors==\1/p' locks/run.txt | $(COMPILE) - -o locks/corpus.txt && \
	$(COMPILE) -c locks/build.txt -c locks/run.txt $(WITHOUT_RUN) --extra alicloud pyproject.toml -o locks/alicloud.txt && \
	! grep -nE '://|--(find-links|index|extra-index|trusted-host)' locks/*.txt
