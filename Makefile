# Two commands matter: `make demo` and `make test`. Everything runs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check verify browser catalogue papers requirements sbom audit clean

demo: $(READY)  ## the fictitious district, served at http://127.0.0.1:8000/
	$(BIN)/talent demo

test: $(READY)  ## the ordinary suite on SQLite and PostgreSQL, with browser journeys where a browser is found
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(READY)  ## style, types, import contracts
	$(BIN)/ruff check talent tests migrations hatch_build.py
	$(BIN)/mypy
	$(BIN)/lint-imports

verify: $(READY)  ## long checks: whole districts, portrait targets, many seeds
	$(BIN)/python -m pytest -m verify -rA

catalogue: $(READY)  ## collect the texts of the interface into the English catalogue and compile it
	$(BIN)/python -m tests.catalogue

papers: $(READY)  ## docs/limits.md and docs/security/rights.md, which repeat the code
	$(BIN)/python -m tests.papers

requirements: $(READY)  ## lock what is installed, with hashes
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	  --no-strip-extras --no-header --no-emit-index-url --no-emit-find-links -o requirements.txt

sbom: $(READY)  ## the bill of materials: every locked package with its hashes, as CycloneDX
	$(BIN)/python -m tests.bill sbom.json

audit:  ## the locked packages against the advisories of their registry, by a tool in an environment of its own
	test -x .audit/bin/pip-audit || ($(PYTHON) -m venv .audit && .audit/bin/python -m pip install -q pip-audit)
	.audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt

$(READY): requirements.txt pyproject.toml hatch_build.py $(wildcard talent/translations/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

clean:
	rm -rf $(VENV) .audit sbom.json instance build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
