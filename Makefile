# The short words of the project. `make help` lists them.
# A Python that can run the study: the first of these that starts and is 3.11, 3.12 or 3.13.
PYTHONS := python3.12 python3.13 python3.11 python3
IS_FIT := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(firstword $(foreach p,$(PYTHONS),$(shell $(p) -c '$(IS_FIT)' >/dev/null 2>&1 && echo $(p))))
CORES ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
GPUS := $(shell nvidia-smi --list-gpus 2>/dev/null | grep -c '^GPU')
# Without a GPU a fold a core: a narrow network gains little from more threads.
TRAINING := $(if $(filter-out 0,$(GPUS)),,--set-threads train_unet=1 predict_maps=1)
NORMALISATIONS := slice_p95 volume_p95 session reference_tissue
BIN := .venv/bin
# The environment's programs first, whatever environment the caller has active.
RUN := env -u PYTHONPATH -u PYTHONHOME PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: demo test check unit workflow browser test-slurm test-conda test-crate gallery normalisation-docs replication-docs realism-docs pages lock help clean
.DEFAULT_GOAL := help

demo: .venv/study.stamp  ## Set up, run the study on the embedded in-silico cohort, print where the report lies
	$(RUN) snakemake --cores $(CORES) $(TRAINING)
	@echo "Report: $(CURDIR)/results/demo/report/index.html"

test: check unit workflow  ## Set up, run all checks: format, lint and tests

check: .venv/test.stamp  ## Format, lint and import contract only
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) snakefmt --check Snakefile rules
	$(RUN) snakemake --lint
	$(RUN) env PYTHONPATH=workflow_scripts lint-imports --no-cache --no-logo

unit: .venv/test.stamp browser  ## The quick tests only: library, scripts and pages
	$(RUN) pytest --numprocesses $(CORES) --dist loadfile tests/library tests/docs tests/scripts tests/browser

workflow: .venv/test.stamp browser  ## The slow tests only: whole small studies
	$(RUN) pytest --ignore tests/workflow/slurm --ignore tests/workflow/conda \
	    --ignore tests/workflow/crate tests/workflow

browser:  # what the tests of the pages need: Chromium (root), axe-core
	@tests/browser/install.sh

test-slurm: .venv/test.stamp  ## The small study on a real Slurm on this machine (root; installs Debian's packages)
	tests/workflow/slurm/install.sh
	$(RUN) pytest tests/workflow/slurm

test-conda: .venv/test.stamp  ## The small study in conda environments of a local channel (Python 3.12, 5 GB, package index)
	$(BIN)/python -m pip install --quiet -r tests/workflow/conda/requirements.txt
	$(RUN) pytest tests/workflow/conda

test-crate: .venv/test.stamp  ## A run's RO-Crate under the profiles' own validator (package index)
	$(BIN)/python -m venv .venv/crate
	.venv/crate/bin/python -m pip install --quiet -r tests/workflow/crate/requirements.txt
	$(RUN) pytest tests/workflow/crate

gallery: .venv/test.stamp browser  ## Pictures of the finished demo for the README
	$(RUN) python docs/make_gallery.py results/demo

normalisation-docs: .venv/test.stamp  ## Four studies, one a normalisation, and the page of them (two hours on two cores)
	for method in $(NORMALISATIONS); do \
	    $(RUN) snakemake --cores $(CORES) $(TRAINING) --configfile config/normalisation.yaml \
	        --config study=normalisation_$$method preprocessing="{normalisation: {method: $$method}}" \
	        -- results/normalisation_$$method/tables/agreement.csv || exit 1; \
	done
	$(RUN) python docs/make_normalisation.py $(addprefix results/normalisation_,$(NORMALISATIONS))

# Seven sets of inputs of the same heads: config/replication.yaml config/ablation.yaml config/coarse.yaml.
INPUT_SETS := results/replication_coarse
OF_INPUT_SETS = $(if $(wildcard $(INPUT_SETS)/tables/table_s1.csv),--input-sets $(INPUT_SETS))

replication-docs: .venv/study.stamp  ## The finished results/replication as docs/replication.md
	$(RUN) python docs/make_replication.py results/replication $(OF_INPUT_SETS)

# Heads of the thick-slice study, segmented: no network is trained for this.
THICK := results/t1w_flair_t2w
THICK_HEADS := $(foreach n,1 2 3 4 5 6,$(THICK)/preprocessed/sub-0$(n)/tissue_dseg.nii.gz)

realism-docs: .venv/study.stamp  ## docs/realism.md: simulated beside real scans (CONTRAST2MAP_DATA with openms/patient12)
	$(RUN) snakemake --cores $(CORES) --configfile config/t1w_flair_t2w.yaml -- $(THICK_HEADS)
	$(RUN) python docs/make_realism.py $(THICK)

pages: .venv/study.stamp  ## Render the pages of docs/ again after an edit of docs/pages/templates
	$(RUN) python docs/render_pages.py

lock: .venv/test.stamp  ## Renew requirements*.txt and envs/*.yaml (asks the package index)
	$(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --upgrade --override requirements-overrides.txt \
	    requirements.in -o requirements.txt
	$(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --upgrade --override requirements-overrides.txt \
	    requirements-test.in -o requirements-test.txt
	$(RUN) python envs/renew.py

clean:  ## Remove the environment (results stay)
	rm -rf .venv

help:  ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "contrast2map needs Python 3.11, 3.12 or 3.13 with venv, and none of" \
	    "$(PYTHONS) is one. Install it, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c '$(IS_FIT)' || { echo "contrast2map needs Python 3.11, 3.12 or 3.13 with venv;" \
	    "$(PYTHON) is not one: $$($(PYTHON) --version 2>&1 | head -1)" >&2; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	touch $@

# Stamps are written last: an installation that was interrupted is done again.
.venv/study.stamp: requirements.txt pyproject.toml | .venv/python.stamp
	@echo "Installing the study's packages into .venv (about 2.5 GB, some minutes) ..."
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	touch $@

.venv/test.stamp: requirements-test.txt .venv/study.stamp
	@echo "Installing the packages of the checks into .venv ..."
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-test.txt
	touch $@
