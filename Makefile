# The front door for daily work. Everything behind it can be called by hand just as well.
.PHONY: help build test check format bench fuzz run package
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## configure and build build/release
	cmake --preset release && cmake --build --preset release

test: ## everything (./test); ./test unit, ./test system, ./test console for a part
	./test

check: ## format, include directions, house rules, all of clang-tidy
	CLOUDBRAIN_TIDY_SECONDS=$${CLOUDBRAIN_TIDY_SECONDS:-3600} ./test checks

format: ## clang-format over all C++
	git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format-19 -i

bench: ## the figures of bench/, each beside a peer
	bench/run

fuzz: ## every fuzzer of tests/fuzz for a minute
	@test -x tests/fuzz/run || { echo "There are no fuzzers yet: tests/fuzz/run is missing."; exit 1; }
	tests/fuzz/run

run: build ## serve from .cloudbrain/data on 127.0.0.1:8080
	build/release/cloudbrain serve --data .cloudbrain/data --listen 127.0.0.1:8080

package: ## the .deb, in build/release
	cmake --preset release && cmake --build --preset release --target cloudbrain cloudbrain-runner
	cd build/release && cpack -G DEB
