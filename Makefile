# The commands of the project. `make serve` and `make test` do all their own set-up.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := requirements/dev.lock requirements/models.lock

.PHONY: serve test check bench eval gate lock clean

serve: $(STAMP)
	$(BIN)/citewell serve --bundled

test: $(STAMP) check
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(STAMP)
	$(BIN)/citewell eval run bundled

gate: $(STAMP)
	$(BIN)/citewell eval check

bench: $(STAMP)
	$(BIN)/python -m bench

$(STAMP): $(LOCKS) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/models.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

# Resolves requirements/*.in again; needs uv. No index address is written.
lock:
	cd requirements && for set in run dev; do uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --override overrides.txt $$set.in -o $$set.lock; done

clean:
	rm -rf $(VENV) .citewell
