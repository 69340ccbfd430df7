# Earwitness: `make` alone lists what can be made. Needed: Python >= 3.11 and make; everything else is fetched into .venv.

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
OPTIONS = $(if $(DATA),--data "$(DATA)") $(if $(PORT),--port "$(PORT)")
LOCK := $(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq

.PHONY: help demo serve test test-long lint bench docs wheel lock screenshot

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| while IFS='|' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

demo: $(RUNTIME) ## start Earwitness with a demo contact centre  [PORT=8400] [DATA=dir] [EVENTS=1000000]
	@exec $(BIN)/earwitness demo $(OPTIONS) $(if $(EVENTS),--events "$(EVENTS)")

serve: $(RUNTIME) ## start Earwitness, asking for the first administrator  [PORT=8400] [DATA=dir]
	@exec $(BIN)/earwitness serve $(OPTIONS)

test: lint ## set up what is missing and run every check and test  [ARGS="-k word"]
	@sh .ci/provide chromium mariadb-server postgresql libpangoft2-1.0-0 openssl poppler-utils rsyslog rsyslog-gnutls
	$(BIN)/pytest $(ARGS)

test-long: $(DEV) ## soak, long fuzz and the largest sizes: takes an hour or more
	@sh .ci/provide chromium mariadb-server postgresql libpangoft2-1.0-0 openssl poppler-utils rsyslog rsyslog-gnutls
	$(BIN)/pytest -m long $(ARGS)

lint: $(DEV) ## the checks that run no test: style, types, floors of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV) ## measure speed and size, held against the engine itself: takes an hour
	$(BIN)/python bench/ingest.py
	$(BIN)/python bench/search.py
	$(BIN)/python bench/memory.py
	$(BIN)/python bench/ami.py

docs: $(DEV) ## write the reference pages that are made from data
	$(BIN)/python docs/generate.py

screenshot: $(DEV) ## take the picture in the README
	@sh .ci/provide chromium
	$(BIN)/python docs/images/take.py

wheel: $(DEV) ## build the distribution into dist/
	$(BIN)/python -m hatchling build -t wheel

lock: $(DEV) ## bring requirements.txt and requirements-dev.txt to the newest versions that pyproject.toml allows
	$(LOCK) --upgrade --group build -o requirements.txt
	$(LOCK) --upgrade --group build --group dev --constraints requirements.txt -o requirements-dev.txt

# What was locked, by hash, and the checkout itself. The development set contains the other one.
$(RUNTIME): requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked packages into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(DEV): requirements-dev.txt requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked packages and tools into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements-dev.txt
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@ $(RUNTIME)

$(VENV)/bin/python:
	@sh .ci/venv $(VENV)
