.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# npm's own record of what is installed: newer than the lock file means up to date.
INSTALLED := node_modules/.package-lock.json
SOURCES := $(shell find lib stacks cli embedded -type f 2>/dev/null) tsconfig.json tsconfig.build.json

.PHONY: help
help: ## Show these verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

$(INSTALLED): package.json package-lock.json
	@echo 'Installing npm packages (about a minute the first time) …'
	@npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $(INSTALLED)

dist/.built: $(INSTALLED) $(SOURCES)
	@rm -rf dist/bin dist/cli dist/embedded dist/lib dist/stacks
	@tsc -p tsconfig.build.json && node tools/copy-assets.js && touch $@

.PHONY: build
build: dist/.built ## Compile to dist/

.PHONY: up
up: dist/.built ## Bring the local environment up, on an embedded control plane
	@node bin/keelson.js up $(ARGS)

.PHONY: down
down: dist/.built ## Remove the embedded control plane and everything on it
	@node bin/keelson.js down $(ARGS)

.PHONY: preview
preview: dist/.built ## Write dist/manifests and show what would be created, with npm alone
	@node bin/keelson.js synth $(ARGS)

.PHONY: check
check: $(INSTALLED) ## Types, style and import directions
	@biome check --error-on-warnings .
	@tsc --noEmit

.PHONY: test-fast
test-fast: dist/.built ## Tests that need npm alone, in seconds
	@jest --selectProjects fast --maxWorkers=100% $(ARGS)

.PHONY: test
test: dist/.built ## Every test, the real engines included
	@GOGC=$${GOGC:-400} jest --maxWorkers=2 $(ARGS)

.PHONY: test-tools
test-tools: $(INSTALLED) ## Build the Go programs that tests use, which they build themselves if this did not
	@node node_modules/jiti/lib/jiti-cli.mjs test/support/build-go-tools.ts

.PHONY: rehearse
rehearse: dist/.built ## The whole way to a cluster of machines and back, with a simulated cloud
	@node node_modules/jiti/lib/jiti-cli.mjs test/rehearsal/rehearse.ts

.PHONY: bench
bench: dist/.built ## Measure synthesis, import and deployments beside what others use
	@node node_modules/jiti/lib/jiti-cli.mjs bench/bench.ts $(ARGS)
	@$(if $(ARGS),,node node_modules/jiti/lib/jiti-cli.mjs bench/images.ts)
	@$(if $(ARGS),,node node_modules/jiti/lib/jiti-cli.mjs bench/diff.ts)
	@$(if $(ARGS),,node node_modules/jiti/lib/jiti-cli.mjs bench/bench.ts deploy)

.PHONY: lab
lab: $(INSTALLED) ## Measure on a real node of this Linux machine (needs root, Go and Debian's apt)
	@test/lab/run $(ARGS)

.PHONY: generate
generate: $(INSTALLED) ## Make lib/generated anew from the pinned sources (needs Go)
	@tools/generate/run

.PHONY: clean
clean: ## Remove what was compiled or written; the embedded cluster stays
	@rm -rf dist coverage
