# Thin: every target is a command of scripts/, which works alone, here and in CI.
.DEFAULT_GOAL := help
.PHONY: help up down test preview doctor trust setup setup-tools setup-k8s setup-auxiliaries build publish bench soak

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  make test-STAGE         One stage of the tests (scripts/test --help lists them)"

up: ## Bring the platform up on this machine, run the demo pipeline, print what arrived
	@scripts/up

down: ## Take away all that `make up` made but caches and data (PURGE=1: the data too)
	@scripts/down $(if $(PURGE),--purge)

test: ## Everything that CI runs; deletes the platform of this clone and its data
	@scripts/test

soak: ## What takes too long for `make test`, an hour, on the platform that `make up` has left; `make up` mends it
	@scripts/test soak

test-%: ## One stage of the tests
	@scripts/test $*

preview: ## Preview every stack without touching anything
	@scripts/preview

doctor: ## Say what is missing or wrong, and the command that mends it
	@scripts/doctor

trust: ## Trust the authority of the gateway on this machine (UNDO=1: no longer)
	@scripts/trust $(if $(UNDO),--undo)

setup: setup-auxiliaries setup-tools setup-k8s ## All preparation: packages, tools, Kubernetes

setup-auxiliaries: ## Install the Debian packages that are missing
	@scripts/setup-auxiliaries

setup-tools: ## Find, download or build Pulumi, its plugins, the Kubernetes binaries; fetch manifests of operators
	@scripts/setup-tools
	@scripts/operators

setup-k8s: ## Start Kubernetes (a given context, kind, or the one-node cluster)
	@scripts/setup-k8s

build: ## Build the images that are missing
	@scripts/images build

publish: ## Bring the images to where the cluster pulls them from
	@scripts/images publish

bench: ## Compare previews with a flat program and, on a platform that is up, ETL with plain spark-submit
	@scripts/bench
