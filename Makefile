# make run: try the service here; make test: the whole suite; make lint: style, types, layers, dependencies;
# make fuzz: many calls of each route, drawn from the description of the service;
# make soak: load while workers are killed and PostgreSQL is restarted;
# make bench: the service beside its floor and a peer (ARGS=--quick: about a minute; ARGS=--large: 10,000,000 contacts)

PYTHON ?= python3
PORT ?= 8000
FUZZ_EXAMPLES ?= 1000
SECONDS ?= 60
BIN := .venv/bin
COMPILE := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: run test fuzz soak bench lint requirements

run: .venv/run
	@PATH="$(CURDIR)/$(BIN):$$PATH" PORT=$(PORT) sh deploy/try.sh

test: .venv/test
	$(BIN)/pytest -n logical

fuzz: .venv/test
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest tests/openapi/test_fuzz.py

soak: .venv/test
	$(BIN)/python -m tests.soak $(SECONDS)

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/deptry . --extend-exclude tests --requirements-files requirements.in \
		--requirements-files-dev requirements-dev.in --per-rule-ignores "DEP002=gunicorn|psycopg" \
		--package-module-name-map "python-calamine=python_calamine,python-ulid=ulid"

# The peer is measured where it can be installed.
bench: .venv/test
	-$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks $(ARGS)

# The pinned versions with their hashes, anew from the names in the .in files.
requirements: .venv/test
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file benchmarks/requirements.txt benchmarks/requirements.in

.venv/run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	touch $@

.venv/test: .venv/run requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@
