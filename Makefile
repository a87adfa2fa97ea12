# make run and make test do all of their own set-up on a machine with Python 3.11 and make.
PYTHON_FOUND = $$(PYTHON="$(PYTHON)" sh scripts/python.sh)
PY = .venv/bin/python
ARGS ?=

.PHONY: help install runtime run test check demo messages facts-docs screens sbom audit bench

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile

install:  ## Virtual environment with everything that running, testing and checking need
	@python=$(PYTHON_FOUND) && "$$python" scripts/install.py --dev

runtime:
	@python=$(PYTHON_FOUND) && "$$python" scripts/install.py

run: runtime  ## Web server, worker and schedule on SQLite, with demo data (PORT=8000)
	@exec $(PY) -m scripts.run --tied

demo: runtime  ## Fill an empty database with demo data (ARGS="--accounts 300 --seed 7")
	@$(PY) manage.py migrate --verbosity 0 && DEMO=1 $(PY) manage.py demo $(ARGS)

test: install  ## The whole suite on PostgreSQL + Redis and on SQLite (ARGS="tests/core -k money")
	@$(PY) -m scripts.test $(ARGS)

check: install  ## Linters, formats, settings, migrations, translations, import direction, API schema
	@$(PY) -m scripts.check

messages: install  ## Collect the texts to translate and compile the translations
	@$(PY) -m scripts.messages

screens: install  ## Pictures of every screen in screens/, and what is wrong with them (ARGS="--only tiers,alerts")
	@$(PY) -m scripts.screens $(ARGS)

bench: install  ## Goals of speed measured against their yardsticks (ARGS="--only facts --accounts 100000 --orders 10000000")
	@$(PY) -m benchmarks $(ARGS)

facts-docs: runtime  ## Write docs/facts.md and docs/imports.md from their registries
	@$(PY) manage.py facts --docs && $(PY) manage.py import_docs

sbom: install  ## What the product is made of, as CycloneDX JSON in var/sbom.json
	@mkdir -p var && $(PY) -m scripts.sbom > var/sbom.json

audit: install  ## Known weaknesses in the locked dependencies (needs a network; ARGS=--strict fails without one)
	@$(PY) -m scripts.audit $(ARGS)
