# Every command a person needs. The work is in scripts/; this is the list of names.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup dev build test prove check pages audit-verify bench bench-scale deny fmt clean distclean
MAKEFLAGS += --no-print-directory

help: ## This list
	@echo "Portcullis. TOOLCHAIN=debian takes Debian's compiler instead of rustup's."
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## Install the pinned tools into this folder (all other targets do it themselves)
	@scripts/setup.sh test

dev: ## Serve with seeds at http://127.0.0.1:8787 (PORT= moves it)
	@scripts/dev.sh

build: ## Build the Worker and check that it could be deployed
	@scripts/setup.sh dev
	@scripts/build.sh release
	@scripts/deployable.sh

test: ## All tests: native, port contracts, end to end on the built Worker
	@scripts/setup.sh test
	@scripts/test.sh

prove: ## The same races, kills, timing and load at full size; writes docs/PROOFS.md
	@scripts/setup.sh test
	@scripts/build.sh release
	@scripts/build.sh twin
	@. scripts/env.sh && node tests/e2e/run.mjs --full

check: ## What a change must pass: format, lints for host and Wasm, pins, cargo deny, tests
	@scripts/setup.sh check
	@scripts/check.sh

pages: ## Pictures of every page into docs/pages/, to look through in docs/PAGES.md
	@scripts/setup.sh test
	@scripts/build.sh release
	@. scripts/env.sh && node tests/pages/sheet.mjs

audit-verify: ## Verify the audit trail of the server of make dev (scripts/verify-audit.mjs --remote for others)
	@. scripts/env.sh && node scripts/verify-audit.mjs --local

bench: ## Requests per second, latencies, operations and sizes in one table
	@scripts/setup.sh bench
	@scripts/build.sh release
	@. scripts/env.sh && node tests/bench/run.mjs

bench-scale: ## Rows read with 1,000 people and with 1,000,000 (USERS= and SESSIONS= change it)
	@scripts/setup.sh test
	@scripts/build.sh release
	@. scripts/env.sh && node --disable-warning=ExperimentalWarning tests/bench/scale.mjs --users=$(or $(USERS),1000000) --sessions=$(or $(SESSIONS),3)

deny: ## Licences, sources and bans of the dependencies; advisories where reachable
	@scripts/setup.sh check
	@scripts/deny.sh

fmt: ## Format the Rust sources
	@. scripts/env.sh && cargo fmt --all

clean: ## Remove builds and the local database; keep tools and secrets
	@rm -rf build target .wrangler

distclean: clean ## Remove the tools too
	@rm -rf .tools node_modules
