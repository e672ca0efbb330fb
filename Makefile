# make run        start the service on this machine to try it
# make test       run all tests (TESTS=tests/phones: some of them); make test-fast: tests that start no server
# make lint       check style, types, layers and dependencies; make format: format the code
# make fuzz       send many random requests to each route, generated from the OpenAPI document
# make soak       put load on the service while workers are killed and PostgreSQL is restarted
# make screenshots  take the README's screenshots again
# make bench      compare the service with a baseline and a peer (ARGS=--quick: a minute; ARGS=--large: 10,000,000 contacts;
#                 ARGS=--workspaces: 50,000 workspaces)

MAKEFLAGS += --no-print-directory
PYTHON ?= python3
PORT ?= 8000
FUZZ_EXAMPLES ?= 1000
SECONDS ?= 60
BIN := .venv/bin
COMPILE := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: run test test-fast format fuzz soak bench screenshots lint requirements

run: .venv/run
	@PORT=$(PORT) $(BIN)/python deploy/run_local.py

test: .venv/test
	$(BIN)/pytest -n logical $(TESTS)

test-fast: .venv/test
	$(BIN)/pytest -n logical -k "not postgresql" --ignore tests/server --ignore tests/test_docs.py \
		--ignore tests/test_soak.py --ignore tests/test_benchmarks.py --ignore tests/test_conftest.py \
		--ignore tests/openapi/test_fuzz.py --ignore tests/database

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: .venv/test
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/pytest tests/openapi/test_fuzz.py

soak: .venv/test
	$(BIN)/python -m tests.soak $(SECONDS)

screenshots: .venv/test
	$(BIN)/python -m tests.screenshots

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/deptry . --extend-exclude tests --requirements-files requirements.in \
		--requirements-files-dev requirements-dev.in --per-rule-ignores "DEP002=gunicorn|psycopg|bootstrap-flask,DEP004=playwright" \
		--package-module-name-map "python-calamine=python_calamine,python-ulid=ulid"

# The peer is left out if it can't be installed, the slow disk without strace.
bench: .venv/test
	-$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks $(ARGS)

# Pin the packages of the .in files to their current versions and hashes.
requirements: .venv/test
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file benchmarks/requirements.txt benchmarks/requirements.in

.venv/run: requirements.txt
	@echo "Installing requirements.txt into .venv; this takes about a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test: .venv/run requirements-dev.txt
	@echo "Installing requirements-dev.txt into .venv."
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@
