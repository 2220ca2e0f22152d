# Two commands do all the set-up: make verify, make test. Options: NB=03, SEED=7, FRESH=1.
PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
MUTANTS := .venv-mutants
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
RUN := $(BIN)/python -m covtheory
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PYTHONHASHSEED = 0
# What a shell may hold that weakens a test or brings another library; notebooks run with a list of what they inherit.
unexport PYTEST_ADDOPTS PYTEST_PLUGINS PYTEST_DISABLE_PLUGIN_AUTOLOAD PYTHONPATH PYTHONSTARTUP PYTHONOPTIMIZE PYTHONHOME PYTHONINSPECT PYTHONWARNINGS

.PHONY: help verify test prove platforms campaign update new book slides student solutions explorer train lab bench mutants requirements clean
.DELETE_ON_ERROR:

help:
	@echo "make verify [NB=03] [SEED=7] [FRESH=1]  run every notebook, print every claim's verdict"
	@echo "make test                               everything that guards the project"
	@echo "make prove [WRITE=1] [CHECK=1]           Rocq's kernel checks the formal proofs; says what to install if it is missing"
	@echo "make platforms [NB=03] [VARIANT=sse]    every notebook, strictly, under every arithmetic to be had here"
	@echo "make platforms OLDEST=1                 the same with the oldest versions of all dependencies (Python 3.11)"
	@echo "make campaign [SEEDS=0-99] [NB=03]      every notebook at many seeds; SCHEDULER=tcp://host:8786 for a cluster"
	@echo "make update [NB=03]                     execute notebooks, store outputs, ledger and index"
	@echo "make new NB=04 TITLE='Bound it'         start a notebook"
	@echo "make book                               the collection as a website in build/book"
	@echo "make slides [NB=03] [CHECK=1]           stand-alone slides and notes in build/slides; look at every slide"
	@echo "make slides PLAN=guest-75               one deck a lecture: tail-45, guest-75, three-75, seminar, or a list of sections"
	@echo "make student [NBGRADER=1]               the copy to hand out, without solutions; also a course folder for nbgrader"
	@echo "make solutions [NB=03]                  print the exercises with worked solutions, for the lecturer"
	@echo "make explorer                           compute and write references/explorer.html, the page to play with"
	@echo "make train [CONFIG=small] [SEED=0]      train notebook 12's network (installs PyTorch; ten minutes on a core)"
	@echo "make lab                                open the notebooks in JupyterLab"
	@echo "make bench                              benchmarks, with machine facts"
	@echo "make mutants [ONLY='covtheory.bounds.*']  mutation campaign: hours, goes on where it was stopped; weekly"
	@echo "make requirements [UPGRADE=1]           renew the pins from the ranges in pyproject.toml"
	@echo "make clean                              remove build/ and the environments"

# The stamp is made last: an interrupted installation is simply taken up again.
$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + "; try make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "installing into $(VENV) (a minute the first time)"
	@test -x $(BIN)/python -a -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

verify: $(STAMP)
	@$(RUN) verify $(if $(NB),--notebook $(NB)) $(if $(SEED),--seed $(SEED)) $(if $(FRESH),--fresh)

test: $(STAMP)
	@$(PIP) -r requirements/proof.txt -r requirements/own-model.txt -r requirements/book.txt -r requirements/browser.txt -r requirements/campaign.txt
	@$(PIP) -r requirements/slides.txt
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup
	@$(RUN) verify

prove:
	@$(PYTHON) lib/proofs $(if $(WRITE),--write) $(if $(CHECK),--check=$(patsubst 1,own,$(CHECK)))

platforms: $(STAMP)
	@$(RUN) platforms $(if $(NB),--notebook $(NB)) $(if $(VARIANT),--variant $(VARIANT)) $(if $(OLDEST),--oldest)

campaign: $(STAMP)
	@$(PIP) -r requirements/campaign.txt
	@$(RUN) campaign $(if $(SEEDS),--seeds $(SEEDS)) $(if $(NB),--notebook $(NB)) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

update: $(STAMP)
	@$(RUN) update $(if $(NB),--notebook $(NB))

new: $(STAMP)
	@$(RUN) new "$(NB)" "$(TITLE)"

slides: $(STAMP)
	@$(PIP) -r requirements/slides.txt $(if $(CHECK),-r requirements/browser.txt)
	@$(RUN) slides $(if $(NB),--notebook $(NB)) $(if $(PLAN),--plan "$(PLAN)") $(if $(CHECK),--check)

student: $(STAMP)
	@$(RUN) student $(if $(NBGRADER),--nbgrader)

solutions: $(STAMP)
	@$(RUN) solutions $(if $(NB),--notebook $(NB))

explorer: $(STAMP)
	@$(RUN) explorer

train: $(STAMP)
	@$(PIP) -r requirements/train.txt
	@$(BIN)/python -m training $(or $(CONFIG),small) --seed $(or $(SEED),0)

book: $(STAMP)
	@$(PIP) -r requirements/book.txt -r requirements/slides.txt
	@$(RUN) book

lab: $(STAMP)
	@$(PIP) -r requirements/read.txt
	@$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

# Benchmarks have an environment of their own: dp-accounting, which they compare with, needs an older attrs.
bench:
	@test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/bench.txt -r requirements/proof.txt -r requirements/own-model.txt
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p build
	@$(BENCH)/bin/python -m pytest -q tests/benchmarks --override-ini=addopts= --benchmark-json=build/benchmarks.json
	@$(BENCH)/bin/python tests/benchmarks/summary.py build/benchmarks.json

# An environment of its own, so that nobody needs the tool. Results live in build/mutants, the page in references.
mutants:
	@test -x $(MUTANTS)/bin/python || $(PYTHON) -m venv $(MUTANTS)
	@$(MUTANTS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements/mutants.txt
	@$(MUTANTS)/bin/python tests/mutants/replay.py
	@$(MUTANTS)/bin/python tests/mutants/campaign.py $(if $(ONLY),'$(ONLY)')

requirements: $(STAMP)
	@$(PIP) -r requirements/pins.txt
	@$(BIN)/python requirements/renew.py $(if $(UPGRADE),--upgrade)

clean:
	rm -rf build $(VENV) $(BENCH) $(MUTANTS) .venv-oldest
