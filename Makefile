# Everything a person or CI calls. Each target sets up what it needs: `make demo` works on a fresh clone.
VENV := .venv
BIN := $(VENV)/bin
PEER := $(VENV)/open-iris
PYTHON ?= python3

.PHONY: setup demo test check bench train format clean

setup: $(VENV)/ready

$(VENV)/ready: setup.py pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tatap needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Next: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo,plot,dev]'
	touch $@

demo: setup
	$(BIN)/tatap demo

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	test -x $(PEER)/bin/python || $(PYTHON) -m venv $(PEER)
	$(PEER)/bin/python -m pip install --quiet --disable-pip-version-check 'open-iris>=1.11,<2' || \
		echo "open-iris does not install here: its figure stays out"
	$(BIN)/python -m bench.match --open-iris $(PEER)/bin/python
	$(BIN)/python -m bench.start
	$(BIN)/python -m bench.path

train: .venv-train/ready
	.venv-train/bin/python -m training.iris_seg.pictures build/pictures
	.venv-train/bin/python -m training.iris_seg.train build/pictures build/iris-seg.pt

.venv-train/ready: setup.py
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	touch $@

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .venv-train build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
