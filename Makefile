# Commands of the project; `make help` lists them.
# The first of these Pythons that starts and has version 3.11, 3.12 or 3.13 is used.
PYTHONS := python3.12 python3.13 python3.11 python3
IS_FIT := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(firstword $(foreach p,$(PYTHONS),$(shell $(p) -c '$(IS_FIT)' >/dev/null 2>&1 && echo $(p))))
CORES ?= $(shell nproc 2>/dev/null || sysctl -n hw.ncpu)
GPUS := $(shell nvidia-smi --list-gpus 2>/dev/null | grep -c '^GPU')
# Without a GPU, each fold uses one core, because a narrow network gains little from more threads.
TRAINING := $(if $(filter-out 0,$(GPUS)),,--set-threads train_unet=1 predict_maps=1 predict_spread=1)
NORMALISATIONS := slice_p95 volume_p95 session reference_tissue
BIN := .venv/bin
# Programs of .venv take precedence over the caller's environment. uv installs no bytecode: if Python was not allowed
# to store it either, each job would compile TensorFlow's 2000 modules again.
RUN := env -u PYTHONPATH -u PYTHONHOME -u PYTHONDONTWRITEBYTECODE PATH="$(CURDIR)/$(BIN):$$PATH"

.PHONY: install demo cuda test test-all tests check unit workflow browser slurm validator test-slurm test-conda test-container test-crate test-installed test-bounds test-pythons gallery normalisation-docs replication-docs realism-docs any-protocol-docs shipped-network pages site lock help clean
.DEFAULT_GOAL := help

install: .venv/study.stamp  ## Set up .venv with the study's packages and the command contrast2map
	@echo "Ready: . $(BIN)/activate, then: contrast2map --help"

demo: .venv/study.stamp  ## Set up, run the default study on the simulated cohort and print the report's path
	$(RUN) snakemake --cores $(CORES) $(TRAINING)
	@echo "Report: $(CURDIR)/results/demo/report/index.html"

# Tests marked as slow run in `make test-all` only. All tests share one pytest with a process per core: a
# Snakemake leaves a core idle for much of its time, and the tests of the library fill it.
SELECTED := -m "not slow"
PARALLEL := --numprocesses $(CORES) --dist loadfile --no-loadscope-reorder
UNIT := tests/library tests/docs tests/scripts tests/browser
WORKFLOW := tests/workflow/test_*.py
TESTS = $(WORKFLOW) $(UNIT)

cuda: .venv/cuda.stamp  ## Add the CUDA libraries for NVIDIA GPUs to .venv

test: check tests  ## Set up, run all quick checks: format, lint, import contract and tests

test-all: SELECTED :=
test-all: TESTS += tests/workflow/slurm tests/workflow/crate
test-all: check slurm validator tests  ## All checks: slow tests, Slurm and RO-Crate too (root)

check: .venv/test.stamp  ## Format, lint and import contract only
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) snakefmt --check Snakefile rules
	$(RUN) snakemake --lint
	$(RUN) env PYTHONPATH=workflow_scripts lint-imports --no-cache --no-logo

tests: .venv/test.stamp browser
	$(RUN) pytest $(SELECTED) $(PARALLEL) $(TESTS)

unit: .venv/test.stamp browser  ## Tests of library, documentation code, scripts and pages
	$(RUN) pytest $(SELECTED) $(PARALLEL) $(UNIT)

workflow: .venv/test.stamp browser  ## Tests that run Snakemake
	$(RUN) pytest $(SELECTED) $(PARALLEL) $(WORKFLOW)

browser:  # installs Chromium (needs root) and axe-core for the tests of pages
	@tests/browser/install.sh

slurm:  # installs Slurm (needs root), which the tests start
	@tests/workflow/slurm/install.sh

validator: .venv/test.stamp  # of RO-Crates, in an environment of its own
	$(BIN)/python -m venv .venv/crate
	.venv/crate/bin/python -m pip install --quiet -r tests/workflow/crate/requirements.txt

test-slurm: .venv/test.stamp slurm  ## Small study on a real Slurm on this machine (needs root; installs Debian packages)
	$(RUN) pytest tests/workflow/slurm

test-conda: .venv/test.stamp  ## Small study in its conda environments, built by a stand-in for conda (needs Python 3.12, 8 GB, package index)
	$(RUN) pytest tests/workflow/conda

test-container: .venv/test.stamp  ## Small study and maps in a container (needs root, 10 GB, package index; installs Debian packages)
	@tests/workflow/container/install.sh
	$(RUN) pytest tests/workflow/container

test-installed: .venv/test.stamp  ## Maps and a small study from the wheel in an empty environment (needs package index, 3 GB)
	$(RUN) env CONTRAST2MAP_TEST_INSTALLED=1 pytest tests/workflow/test_installed.py

test-crate: validator  ## Validate a run's RO-Crate against its profiles (needs package index)
	$(RUN) pytest tests/workflow/crate

# Tests of what `contrast2map maps` computes, without Snakemake and browser; UNDER=tests/library runs more.
UNDER := tests/library/imaging tests/library/bids tests/library/input_gate tests/library/anatomy \
    tests/library/preprocessing tests/library/any_protocol tests/library/maps
IN = env -u PYTHONPATH PYTHONPATH=workflow_scripts .venv/$(1)/bin/python -m pytest $(SELECTED) $(UNDER)

test-bounds: .venv/test.stamp  ## Unit tests of maps with the lowest and the newest packages that pyproject.toml allows (package index, 5 GB)
	for resolution in lowest-direct highest; do \
	    $(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/$$resolution && \
	    $(BIN)/uv pip compile --quiet --resolution $$resolution --python $(BIN)/python --extra study --extra slurm \
	        --extra fsl --extra test pyproject.toml -o .venv/$$resolution/requirements.txt && \
	    $(BIN)/uv pip install --quiet --python .venv/$$resolution/bin/python -r .venv/$$resolution/requirements.txt && \
	    $(call IN,$$resolution) || exit 1; \
	done

test-pythons: .venv/test.stamp  ## Unit tests of maps with the locked packages on Python 3.11, 3.12 and 3.13 (those that uv finds)
	for version in 3.11 3.12 3.13; do \
	    $(BIN)/uv python find --no-python-downloads $$version >/dev/null 2>&1 || \
	        { echo "Python $$version is not on this machine: not tested" >&2; continue; }; \
	    $(BIN)/uv venv --quiet --clear --python $$version .venv/python$$version && \
	    $(BIN)/uv pip install --python .venv/python$$version/bin/python $(LOCKED) -r requirements.txt -r requirements-test.txt && \
	    $(call IN,python$$version) || exit 1; \
	done

gallery: .venv/test.stamp browser  ## Create the README's pictures from the finished demo
	$(RUN) python docs/make_gallery.py results/demo

normalisation-docs: .venv/test.stamp  ## docs/normalisation.md: run one study per normalisation and compare (two hours on two cores)
	for method in $(NORMALISATIONS); do \
	    $(RUN) snakemake --cores $(CORES) $(TRAINING) --configfile config/normalisation.yaml \
	        --config study=normalisation_$$method preprocessing="{normalisation: {method: $$method}}" \
	        -- results/normalisation_$$method/tables/agreement.csv || exit 1; \
	done
	$(RUN) python docs/make_normalisation.py $(addprefix results/normalisation_,$(NORMALISATIONS))

# Study of seven input sets of the same heads: config/replication.yaml config/ablation.yaml config/coarse.yaml.
INPUT_SETS := results/replication_coarse
OF_INPUT_SETS = $(if $(wildcard $(INPUT_SETS)/tables/table_s1.csv),--input-sets $(INPUT_SETS))

# Study of the page and its presets; the last preset has the study's name.
REPLICATION := replication coarse replication_pretrained

replication-docs: .venv/study.stamp  ## docs/replication.md: write it from the finished results/replication_pretrained
	$(RUN) python docs/make_replication.py results/$(lastword $(REPLICATION)) --presets $(REPLICATION) $(OF_INPUT_SETS)

# Segmented heads of the thick-slice study, which need no training.
THICK := results/t1w_flair_t2w
THICK_HEADS := $(foreach n,1 2 3 4 5 6,$(THICK)/preprocessed/sub-0$(n)/tissue_dseg.nii.gz)

realism-docs: .venv/study.stamp  ## docs/realism.md: compare simulated with real scans (needs CONTRAST2MAP_DATA with openms/patient12)
	$(RUN) snakemake --cores $(CORES) --configfile config/t1w_flair_t2w.yaml -- $(THICK_HEADS)
	$(RUN) python docs/make_realism.py $(THICK)

any-protocol-docs: .venv/study.stamp  ## docs/any_protocol.md: evaluate the network in the package (needs CONTRAST2MAP_DATA)
	$(RUN) python docs/make_any_protocol.py

# The network that the package contains.
SHIPPED := workflow_scripts/contrast2map/maps/shipped_network

shipped-network: .venv/study.stamp  ## Train and calibrate the network of any protocol and put it into the package (needs CONTRAST2MAP_DATA)
	$(RUN) snakemake --cores $(CORES) --configfile config/any_protocol.yaml
	cp results/any_protocol/any_protocol/model/* $(SHIPPED)/

pages: .venv/study.stamp  ## Render the generated pages of docs/, after changes of templates, messages or help texts
	$(RUN) python docs/render_pages.py

# Warnings, such as a link to nothing, are errors.
SPHINX := .venv/docs/bin/sphinx-build -q -n -W --keep-going

site: .venv/docs.stamp  ## Build the documentation's site in build/site and check its links
	$(SPHINX) -d build/doctrees -c docs/site . build/site
	.venv/docs/bin/python docs/site/check_links.py build/site
	@echo "Site: $(CURDIR)/build/site/index.html"

lock: .venv/test.stamp  ## Update requirements*.txt and envs/*.post-deploy.sh (needs package index)
	$(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --upgrade --override requirements-overrides.txt --no-emit-package contrast2map \
	    requirements.in -o requirements.txt
	$(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --upgrade --override requirements-overrides.txt \
	    requirements-cuda.in -o requirements-cuda.txt
	$(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --upgrade --override requirements-overrides.txt \
	    requirements-test.in -o requirements-test.txt
	for name in install docs; do \
	    $(RUN) uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-header --upgrade requirements-$$name.in -o requirements-$$name.txt || exit 1; \
	done
	$(RUN) python envs/renew.py

clean:  ## Remove the environment (results stay)
	rm -rf .venv

help:  ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "contrast2map needs Python 3.11, 3.12 or 3.13 with venv, and none of" \
	    "$(PYTHONS) is suitable. Install one, or give its path: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c '$(IS_FIT)' || { echo "contrast2map needs Python 3.11, 3.12 or 3.13 with venv;" \
	    "$(PYTHON) is not suitable: $$($(PYTHON) --version 2>&1 | head -1)" >&2; exit 1; }
	rm -rf .venv
	$(PYTHON) -m venv .venv
	touch $@

# uv installs several times faster than pip (benchmarks/README.md). It does not read pip's configuration, so
# pip is used if only pip can reach a package index.
LOCKED := --quiet --require-hashes --no-deps
install = $(BIN)/uv pip install --python $(BIN)/python $(LOCKED) -r $(1) || \
    { echo "uv could not install $(1) (above); using pip ..." >&2; $(BIN)/python -m pip install $(LOCKED) -r $(1); }

# Stamps are written last, so that an interrupted installation is repeated.
.venv/study.stamp: requirements.txt requirements-install.txt pyproject.toml | .venv/python.stamp
	@echo "Installing the study's packages into .venv (about 2.9 GB) ..."
	$(BIN)/python -m pip install $(LOCKED) -r requirements-install.txt
	$(call install,requirements.txt)
	$(BIN)/python -m pip install --quiet --no-index --no-deps --no-build-isolation --editable .
	touch $@

.venv/cuda.stamp: requirements-cuda.txt .venv/study.stamp
	@echo "Installing the CUDA libraries into .venv ..."
	$(call install,requirements-cuda.txt)
	touch $@

.venv/test.stamp: requirements-test.txt .venv/study.stamp
	@echo "Installing the test packages into .venv ..."
	$(call install,requirements-test.txt)
	touch $@

.venv/docs.stamp: requirements-docs.txt | .venv/python.stamp
	@echo "Installing the packages of the site into .venv/docs ..."
	$(BIN)/python -m venv .venv/docs
	.venv/docs/bin/python -m pip install $(LOCKED) -r requirements-docs.txt
	touch $@
