# The only commands anyone needs. PORT= and PORTAL_VAR_DIR= are honoured.
.DEFAULT_GOAL := help
.PHONY: help demo test check fix migrations
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
PYTHON := .venv/bin/python
OURS := prevent_portal home foundation compliance risk training actionplans audit
# The tests have services of their own: they never touch the data of a demonstration beside them.
TEST_VAR := $(abspath $(or $(PORTAL_VAR_DIR),var))/test
# Two halves run at once, each with services of its own: stopping them is part of the tests.
HALVES := $(foreach half,1 2,--tx popen//env:PORTAL_VAR_DIR=$(TEST_VAR)/$(half)) --dist worksteal
WITH_SERVICES := $(foreach half,1 2,$(PYTHON) -m prevent_portal.embedded run $(TEST_VAR)/$(half) --)

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## install what is missing and run the portal with demonstration data until Ctrl-C
	@since=$$(date +%s.%N) && bin/bootstrap && PORTAL_DEMO=1 exec $(PYTHON) manage.py demo --since $$since

test: ## run the whole test suite, browser tests included
	@bin/bootstrap --tests
	@PORTAL_VAR_DIR=$(TEST_VAR)/1 $(WITH_SERVICES) $(PYTHON) -m pytest $(HALVES) -m "not faults"
	@# What must be done within so many seconds is measured with nothing beside it.
	@PORTAL_VAR_DIR=$(TEST_VAR)/1 $(PYTHON) -m prevent_portal.embedded run -- $(PYTHON) -m pytest -m faults

check: export PORTAL_VAR_DIR := $(TEST_VAR)
check: ## style, types, import order, secrets, templates, migrations, version floors
	@bin/bootstrap --tests
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy $(OURS) bin/bootstrap.py bin/check_floors.py
	.venv/bin/lint-imports
	@# Skipped are those that ruff judges too (S104 S108 S308 S314 S608), where each exception carries its reason.
	$(PYTHON) -m bandit --quiet --recursive --severity-level medium --skip B104,B108,B308,B314,B608,B703 $(OURS) bin
	@# The baseline passes over what is plainly none: lower-case words (passwords of tests), names of functions.
	git ls-files -z | xargs -0 .venv/bin/detect-secrets-hook --baseline .secrets.baseline
	$(PYTHON) -m djlint templates --lint --quiet
	$(PYTHON) -m prevent_portal.embedded run -- $(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) bin/check_floors.py

fix: ## put right what tools can put right: imports, formatting of Python
	@bin/bootstrap --tests
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

migrations: export PORTAL_VAR_DIR := $(TEST_VAR)
migrations: ## write migrations for changed models
	@bin/bootstrap --tests
	$(PYTHON) -m prevent_portal.embedded run -- $(PYTHON) manage.py makemigrations
