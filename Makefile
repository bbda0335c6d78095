# Two commands are all a newcomer needs: make demo, and make test. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# A Rust that scripts/setup.sh installed a moment ago is not yet in the caller's PATH.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

# What `make demo` scans. Empty means examples/harbour, with credentials planted into a copy of it.
TARGET ?=

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: ## build Bartizan, scan examples/harbour or TARGET=/any/path, and open the console on it
	@scripts/setup.sh build
	@$(MAKE) console
	@cargo build --release --locked --package bartizan
	@scripts/demo.sh $(if $(TARGET),'$(TARGET)')

.PHONY: test
test: ## run every test
	@scripts/setup.sh test
	@$(MAKE) console
	@scripts/python-tests.sh
	@scripts/demo-check.sh
	@scripts/fuzz-smoke.sh
	@cargo test --quiet --locked --workspace --doc
	@cargo nextest run --locked --workspace
	@scripts/console-tests.sh

.PHONY: console
console: ## build the console, which the next build of the binary takes in
	@cd console && npm ci --silent && npm run --silent check && npm run --silent build

.PHONY: lint
lint: ## formatting, clippy, dependency rules, the laws of ARCHITECTURE.md, programs for the kernel, and Bartizan on itself
	@scripts/setup.sh lint
	@cargo fmt --all -- --check
	@cargo clippy --quiet --locked --workspace --all-targets -- -D warnings -W clippy::too_many_lines
	@scripts/deny.sh
	@scripts/laws.py
	@scripts/bpf.sh --check
	@scripts/self-scan.sh

.PHONY: bpf
bpf: ## build the programs that the sensor loads into the kernel
	@scripts/setup.sh lint
	@scripts/bpf.sh

.PHONY: bench
bench: ## measure every figure the README claims (long; see bench/README.md)
	@scripts/setup.sh build
	@cargo build --release --locked --package bartizan
	@bench/run

.PHONY: fuzz-smoke
fuzz-smoke: ## a short run of every fuzz target
	@scripts/setup.sh test
	@scripts/fuzz-smoke.sh

.PHONY: setup
setup: ## install what is missing for all of the above (root, or sudo without a password)
	@scripts/setup.sh all
