PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve demo test lint check lock

serve: .venv/.installed
	$(BIN)/shouyue serve --development

demo: .venv/.installed
	$(BIN)/shouyue demo

test: .venv/.tested
	$(BIN)/python -m pytest -n 2 --dist worksteal -q

lint: .venv/.tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(BIN)/python -m pytest -n 2 -q tests/law tests/unit

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --extra pg --extra redis pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --extra pg --extra redis pyproject.toml requirements-dev.in -o requirements-dev.txt

.venv/.installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --require-hashes --no-deps -r requirements.txt
	$(BIN)/python -m pip install -q --no-deps --editable .
	touch $@

.venv/.tested: .venv/.installed requirements-dev.txt
	$(BIN)/python -m pip install -q --require-hashes --no-deps -r requirements-dev.txt
	touch $@
