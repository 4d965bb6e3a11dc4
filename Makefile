# Two commands do everything: `make demo` and `make test`. The rest is for daily work.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: ## build both programs and show them with sample data; needs only Rust, and python3 for the agents
	@scripts/setup.sh demo
	cargo build --release --locked --package roadbook-cli --package roadbook-agent
	cargo run --release --locked --package roadbook-cli -- demo $(ARGS)

.PHONY: test
test: ## set up what the tests need, then run every suite inside its time budget
	@scripts/setup.sh test
	@scripts/suites.sh tests/suites/test.txt $(SUITES)

.PHONY: soak
soak: ## the long runs: the same suites with far more cases
	@scripts/setup.sh test
	@scripts/suites.sh tests/suites/soak.txt $(SUITES)

.PHONY: setup
setup: ## only set up what the tests need
	@scripts/setup.sh test

.PHONY: fmt
fmt: ## format all code
	cargo fmt --all

.PHONY: lint
lint: ## all lints, as errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny --log-level error check bans licenses sources; \
	else echo "cargo-deny is not here: licenses and bans are not checked (cargo install cargo-deny)"; fi

.PHONY: docs
docs: ## write the generated pages anew
	cargo xtask requirements

.PHONY: tidy
tidy: ## check the house rules
	cargo xtask tidy
