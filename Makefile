# make run: try the service here; make test: the whole suite; make soak: load while workers are killed;
# make lint: style, types, layers, dependencies

PYTHON ?= python3
PORT ?= 8000
SECONDS ?= 60
BIN := .venv/bin
COMPILE := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-header

.PHONY: run test soak lint requirements

run: .venv/run
	@PATH="$(CURDIR)/$(BIN):$$PATH" PORT=$(PORT) sh deploy/try.sh

test: .venv/test
	$(BIN)/pytest

soak: .venv/test
	PYTHONPATH=.:tests $(BIN)/python tests/soak $(SECONDS)

lint: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg
	$(BIN)/deptry . --extend-exclude tests --requirements-files requirements.in \
		--requirements-files-dev requirements-dev.in --per-rule-ignores "DEP002=gunicorn|psycopg" \
		--package-module-name-map "python-calamine=python_calamine,python-ulid=ulid"

# The pinned versions with their hashes, anew from the names in requirements.in and requirements-dev.in.
requirements: .venv/test
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

.venv/run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	touch $@

.venv/test: .venv/run requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@
