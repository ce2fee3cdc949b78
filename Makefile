# chat: set everything up and open the chat page.   test: everything the CI runs.
# evals: how good the answers are; COLLECTION=FOLDER asks over the collection too.   gate: is anything worse than it was?
PYTHON ?= python3
BIN := .venv/bin

.PHONY: chat ingest test check format evals gate bench lock clean

chat: .venv/runtime
	$(BIN)/python -m assistant chat

ingest: .venv/runtime
	$(BIN)/python -m ingest $(DOCUMENTS)

test: check
	$(BIN)/python -m pytest
	$(MAKE) gate

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COLLECTION ?= $(SOC_COLLECTION)
SYSTEMS ?= ours without-reader without-headings without-fusion without-coverage without-verdicts bm25 dense tutorial tutorial=minilm haystack haystack-dense random abstain
HOMES := soc=.soc/soc $(if $(COLLECTION),collection=.soc/collection)

evals: .venv/dev
	SOC_HOME=.soc/soc $(BIN)/python -m ingest corpus/data
	$(if $(COLLECTION),SOC_HOME=.soc/collection $(BIN)/python -m ingest $(COLLECTION) corpus/data)
	$(BIN)/python -m evals run --split test $(if $(COLLECTION),,--scope soc) --home $(HOMES) \
		--systems $(SYSTEMS) --out .soc/rows.jsonl --html .soc/report.html

gate: .venv/dev
	SOC_HOME=.soc $(BIN)/python -m evals gate

bench: .venv/dev
	$(BIN)/python -m evals speed $(DOCUMENTS)

# Resolve anew within pyproject.toml's bounds; everything else installs exactly what these files name.
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet torch==2.13.0 .
	.venv-lock/bin/python -m pip freeze --exclude soc-assistant | sed 's/+cpu$$//' > requirements.lock
	.venv-lock/bin/python -m pip install --quiet '.[dev]'
	.venv-lock/bin/python -m pip freeze --exclude soc-assistant | sed 's/+cpu$$//' | grep -vxFf requirements.lock > requirements-dev.lock
	rm -rf .venv-lock

clean:
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@
