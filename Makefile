# Everything a person runs. `make` alone says what there is.
.PHONY: help setup build release demo test lint format bench bench-replay chaos evaluate-trends clean

help:
	@echo "make demo     install what is missing, build, and show the stream running end to end"
	@echo "make test     the same set-up, then every check and test"
	@echo "make bench    measure speed and memory, as JSON"
	@echo "make bench-replay  deal-replay beside a plain pandas loop over the same events, as JSON (needs python3-pandas)"
	@echo "make chaos    ten minutes of four scorers under every fault, and a table of what was lost (nothing)"
	@echo "make evaluate-trends  false alarms and delays of the detectors, measured; writes docs/trend-evaluation.md"
	@echo "make lint     check the formatting;  make format  mend it"
	@echo "make clean    remove what was built"

setup:
	@scripts/setup

build: setup
	swift build

release: setup
	swift build -c release

demo: release
	.build/release/dealpulse demo

test: setup lint
	swift build --build-tests
	scripts/test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

format:
	swift format --in-place --recursive Package.swift Sources Tests

bench: release
	.build/release/dealpulse bench

bench-replay: release
	Benchmarks/replay.py --events $${EVENTS:-1000000} --pandas-events $${PANDAS_EVENTS:-50000}

chaos: setup
	swift build --build-tests
	DEALPULSE_CHAOS_MINUTES=$${MINUTES:-10} DEALPULSE_CHAOS_SEED=$${SEED:-1} swift test --skip-build --filter ChaosTests

evaluate-trends: setup
	swift build -c release --product deal-replay
	.build/release/deal-replay evaluate-trends --output docs/trend-evaluation.md

clean:
	swift package clean
