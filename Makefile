# Two commands do everything on a machine with Python 3.11 to 3.13 and make:
#   make demo   the main job on real data (EXECUTOR=inline, threads, ray or all; all is without ray)
#   make test   every check that CI runs
# Four more take longer, and are for those who change the engine:
#   make mutations   put faults into a copy, one at a time; a test must catch each (WORDS="frames" for some)
#   make long        the laws on 40 times as many random examples, new ones each time (LAWS=... for some)
#   make bench       what dataflow costs, beside other systems; writes docs/benchmarks.* (BENCH="inline --quick" for less)
#   make soak        lost workers, replicas and nodes, hangs and leaks on Ray, in their hundreds (PARTS="hangs" for some)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# One thread per process for BLAS and OpenMP: parallelism is the executor's business.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1

.PHONY: demo test lint types unit mutations long soak bench clean

$(BIN)/python:
	$(PYTHON) -c "import sys; assert (3, 11) <= sys.version_info < (3, 14), 'needs Python 3.11 to 3.13, not ' + sys.version"
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[demo]"
	touch $@

$(VENV)/dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

# The oldest mypy that the plugin supports; the newest is among the tools above.
$(VENV)/oldest/done: pyproject.toml | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/oldest
	$(VENV)/oldest/bin/python -m pip install --quiet mypy==1.16.0 attrs typing-extensions
	touch $@

# Ray is installed where it is asked for, and not before.
$(VENV)/ray: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[demo,ray]"
	touch $@

demo: $(VENV)/demo $(if $(filter ray,$(EXECUTOR)),$(VENV)/ray)
	$(BIN)/python examples/digits.py $(if $(EXECUTOR),--executor $(EXECUTOR))

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python tools/overloads.py --check

types: $(VENV)/dev
	$(BIN)/mypy

# Tests on Ray and of the benchmarks have the machine to themselves: a busy one loses nodes, and misses figures.
unit: $(VENV)/dev $(VENV)/oldest/done
	$(BIN)/pytest --numprocesses auto --dist loadfile --ignore tests/ray --ignore tests/test_benchmarks.py
	$(BIN)/pytest tests/test_benchmarks.py tests/ray

test: lint types unit

mutations: $(VENV)/dev
	$(BIN)/python -m tools.mutations $(WORDS)

LAWS ?= tests/laws
long: $(VENV)/dev
	HYPOTHESIS_PROFILE=long $(BIN)/pytest --timeout=0 $(LAWS)

# The other systems that the benchmarks compare with; they need nothing of it, and leave out what is not installed.
$(VENV)/peers: pyproject.toml | $(VENV)/dev
	$(BIN)/python -m pip install --quiet --editable ".[peers]"
	touch $@

BENCH ?= --out docs/benchmarks.json --plot docs/benchmarks.svg --page docs/benchmarks.md
bench: $(VENV)/peers
	$(BIN)/python -m benchmarks $(BENCH)

soak: $(VENV)/dev
	$(BIN)/python -W ignore -m tests.ray.soak $(PARTS)

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
