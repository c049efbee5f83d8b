"""A finished study, read from the folder of its results, as facts for its page."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import yaml

from contrast2map.report import alternative_texts, headline, study_description, verdicts
from contrast2map.study import records
from contrast2map.study.predictors import BASELINE_NAMES, COHORT_MEAN, REFERENCE, network
from contrast2map.study.published import CITATION, DOI
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number, population
from pages.replication import run, settings
from pages.replication.agreement import format_agreement, format_spread
from pages.replication.cells import format_cells, judge_cells

# Tables of the page, and how many of each table's layouts it shows.
TABLES = {"table_1": 2, "table_2": 1, "table_s1": 1, "table_s2": 1, "ablation_tests": 1}
TABLES |= {"run_time": 2}
FIGURES = (
    "network",
    "representative_cases",
    "bland_altman_T1",
    "bland_altman_T2",
    "input_sets",
    "lesion_cases",
)
OF_INPUT_SETS = ("table_s1", "table_s2", "ablation_tests", "input_sets", "lesion_cases")


class Study:
    """A finished study.

    Attributes:
        results: Folder of its results.
        preset: Configuration of the presets to compare its own with.
        preset_names: Names of these presets; later ones override earlier ones.
        config: Its configuration.
        simulated: Whether its subjects are simulated.
        predictors: Names of the first network and of the baselines.
        figures: Dict of name to PNG file, of those of `FIGURES` that it has.
    """

    def __init__(self, results, preset, preset_names):
        self.results, self.preset, self.preset_names = Path(results), preset, preset_names
        self.config = yaml.safe_load((self.results / "workflow/config.yaml").read_text())
        self.simulated = self.config["cohort"]["source"] == "simulated"
        inputs, seed = self.config["input_sets"][0], self.config["training"]["seeds"][0]
        self.predictors = [network("+".join(inputs), seed), *BASELINE_NAMES]
        files = {name: self.results / f"figures/{name}.png" for name in FIGURES}
        self.figures = {name: path for name, path in files.items() if path.is_file()}

    def table(self, name):
        """One of its tables."""
        return records.read([self.results / f"tables/{name}.csv"])

    @cached_property
    def included(self):
        """Rows of subjects.csv of the included subjects."""
        subjects = self.table("subjects")
        return subjects[subjects["included"].astype(str) == "True"]

    @cached_property
    def roi_means(self):
        """Region means of its predictors."""
        return records.read(
            path
            for name in self.predictors
            for path in sorted(self.results.glob(f"evaluation/{name}/fold_*/roi_means.csv"))
        )

    @property
    def against(self):
        """What it compares its maps with."""
        return ["truth", "reference"] if verdicts.has_truth(self.roi_means) else ["reference"]

    @cached_property
    def cells(self):
        """Tables of `judge_cells`, against the truth first if it is known."""
        return [judge_cells(self.roi_means, *self.predictors[:2], each) for each in self.against]

    def facts(self, config_file):
        """Facts of the page (templates/replication.md.j2).

        Args:
            config_file: Path of its configuration relative to the page.
        """
        answers = headline.answers(
            self.table("subjects").to_dict("records"),
            self.roi_means,
            self.table("errors_by_subject"),
            self.predictors,
            self.simulated,
            **{
                name: self.table(name)
                for name in ("lesions", "convergence")
                if (self.results / f"tables/{name}.csv").is_file()
            },
            n_folds=self.config["folds"]["n_folds"],
            n_validation=self.config["training"].get("validation_subjects", 0),
        )
        agreement = self.table("agreement")
        return self._summary(config_file) | {
            "citation": CITATION,
            "doi": DOI,
            "verdict": [each.sentence for each in answers["verdict"]],
            "answers": [
                [each.word, each.sentence]
                for name in ("persons", "voxels", "limits")
                for each in answers[name]
            ],
            "errors_ms": self._errors(),
            "spread": format_spread(self.table("table_2"), agreement, *self.predictors[:2]),
            "agreement": [
                {"predictor": name, "against": against}
                | format_agreement(agreement, predictor, against)
                for against in self.against
                for name, predictor in self._compared(against)
            ],
            "cost": run.format_cost(self.results, self.table("run_time")),
            "audit": run.format_audit(self.results, self.table("leakage")),
        }

    def facts_of_input_sets(self, config_file):
        """The facts that the page of another study needs to show this one's sets of inputs."""
        facts = self._summary(config_file)
        for kind in ("tables", "figures"):
            facts[kind] = {
                name: shown for name, shown in facts[kind].items() if name in OF_INPUT_SETS
            }
        return facts

    def _summary(self, config_file):
        return {
            "study": self.config["study"],
            "simulated": self.simulated,
            "n_subjects": len(self.included),
            "population": population(len(self.included), self.simulated),
            "cells": [format_cells(each) for each in self.cells],
            "tables": {
                name: json.loads(path.read_text())[:n_layouts]
                for name, n_layouts in TABLES.items()
                if (path := self.results / f"tables/{name}.json").is_file()
            },
            "figures": {
                name: alternative_texts.describe(name, records.read([path.with_suffix(".csv")]))
                for name, path in self.figures.items()
            },
            "run": self._run(config_file),
        }

    def _errors(self):
        """Mean absolute error of the network excluding CSF, and the published one."""
        errors = records.where(
            self.table("table_1"),
            predictor=self.predictors[0],
            against="reference",
            convention="paper",
            region="excluding_csf",
            metric="mae",
        ).set_index("quantity")
        return {
            quantity: {
                "network": number(errors.loc[quantity, "mean_over_slices"]),
                "published": number(errors.loc[quantity, "published_mean"]),
            }
            for quantity in QUANTITIES
        }

    def _compared(self, against):
        pairs = [("Network", self.predictors[0]), ("Tissue mean", COHORT_MEAN)]
        return pairs + [("Reference maps", REFERENCE)] * (against == "truth")

    def _run(self, config_file):
        simulation = self.config["simulation"]
        text = settings.to_yaml(self.config)
        groups = Counter(self.included["group"])
        return {
            "n_listed": len(self.table("subjects")),
            "groups": {name.replace("_", " "): n for name, n in groups.items()},
            "n_slices": int(self.included["n_slices"].sum()),
            "settings": asdict(study_description.describe(self.config)),
            "n_folds": self.config["folds"]["n_folds"],
            "networks": settings.networks(self.config),
            "networks_of_preset": settings.networks(self.preset),
            "n_input_sets": len(self.config["input_sets"]),
            "seed": self.config["seed"],
            "training_seeds": self.config["training"]["seeds"],
            "tissues_are_published": self.simulated
            and run.is_published(simulation["tissues"], self.table("table_2")),
            "trainings": run.format_trainings(self.results),
            "exactness": run.format_exactness(self.table("exactness")),
            "crate": run.format_crate((self.results / "ro-crate-metadata.json").read_text()),
            "written": datetime.now(UTC).date().isoformat(),
            "config_file": config_file,
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
            "presets": [f"config/{name}.yaml" for name in self.preset_names],
            "differences": settings.differences(yaml.safe_load(text), self.preset),
        }
