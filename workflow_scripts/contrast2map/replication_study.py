"""A finished study, read from the folder of its results, for its page in the docs."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import yaml

from contrast2map import (
    cell_verdicts,
    descriptions,
    headline,
    markdown,
    predictors,
    records,
    replication_agreement,
    replication_page,
    run_facts,
    run_settings,
    tables,
    verdicts,
)

BASELINES = ["cohort_mean", "linear_regression", "gradient_boosting"]
FOLDER = "replication"  # beside the page, for what it shows and links to
LISTED_MB = 1
CELLS = (
    "The cohort mean gives each tissue of a held-out subject its mean over the training subjects. "
    "Here each tissue is tested by itself and corrected for the number of cells; the sentences "
    "above take four tissues of a subject together and are not corrected."
)
ANSWERS = (
    "As in the report. Of persons and voxels the first word says how the network stands to the "
    "cohort mean, by a paired t-test that is not corrected for the number of tests; of limits, "
    "whether they are within the published bounds."
)


class Study:
    """What a finished study says of itself.

    Attributes:
        results: Folder of its results.
        preset: Configuration of the preset that its own is held against.
        config: Its configuration.
        cells: Tables of `cell_verdicts.judge_cells`, against the truth first where there is one.
        figures: Dict of a figure's name to its PNG, of those of `replication_page.FIGURES`.
    """

    def __init__(self, results, preset):
        self.results, self.preset = Path(results), preset
        results = self.results
        self.config = yaml.safe_load((results / "workflow/config.yaml").read_text())
        self.simulated = self.config["cohort"]["source"] == "simulated"
        inputs, seed = self.config["input_sets"][0], self.config["training"]["seeds"][0]
        self.network = predictors.network("+".join(inputs), seed)
        self.predictors = [self.network, *BASELINES]
        self.roi_means = records.read(
            path
            for name in self.predictors
            for path in sorted(results.glob(f"evaluation/{name}/fold_*/roi_means.csv"))
        )
        self.subjects = self.table("subjects")
        self.n_subjects = int((self.subjects["included"].astype(str) == "True").sum())
        self.who = tables.population(self.n_subjects, self.simulated)
        self.against = ["truth"] if verdicts.has_truth(self.roi_means) else []
        self.against += ["reference"]
        self.cells = [
            cell_verdicts.judge_cells(self.roi_means, self.network, BASELINES[0], against)
            for against in self.against
        ]
        self.figures = {
            name: results / f"figures/{name}.png"
            for name in replication_page.FIGURES
            if (results / f"figures/{name}.png").is_file()
        }

    def table(self, name):
        """One of its tables."""
        return records.read([self.results / f"tables/{name}.csv"])

    def parts(self, name):
        """The `tables.Part` of one of its tables' page."""
        return tables.parts_of_page((self.results / f"tables/{name}.html").read_text())

    def readme_block(self):
        """What the README quotes."""
        return replication_page.readme_block(
            self.table("table_1"), pd.concat(self.cells), self.config, self.simulated
        )

    def sections(self, names, other=None):
        """Texts of the page, in their order.

        Args:
            names: Names of the files that will lie beside it.
            other: Study of several sets of inputs, where this one has a single set, or None.
        """
        page = replication_page
        elsewhere = page.OF_INPUT_SETS if other else ()
        rows = self.subjects.to_dict("records")
        arguments = (self.roi_means, self.predictors, self.simulated)
        answers = verdicts.person_verdicts(*arguments)
        answers += verdicts.error_verdicts(self.table("errors_by_subject"), *arguments[1:])
        answers += [
            verdicts.agreement_verdict(self.roi_means, *self.predictors[:2], quantity)
            for quantity in tables.QUANTITIES
        ]
        shown = [
            (f"{who} against the {against}", name, against)
            for against in self.against
            for who, name in [("Network", self.network), ("Cohort mean", BASELINES[0])]
            + ([("Reference maps", predictors.REFERENCE)] if against == "truth" else [])
        ]
        of_input_sets = ["## Sets of inputs\n\n" + other.input_sets_section()] if other else []
        return [
            page.opening(self.config["study"], self.n_subjects, self.simulated),
            "## In three sentences\n\n"
            + "\n".join(
                f"- {markdown.escape(each.sentence)}"
                for each in headline.sentences(rows, *arguments)
            ),
            "## Cell by cell: does the network beat the tissue's mean?\n\n" + CELLS,
            *(page.cells_section(cells, self.who) for cells in self.cells),
            "## Do persons differ in the maps?\n\n"
            + replication_agreement.spread_section(
                self.table("table_2"), self.table("agreement"), *self.predictors[:2]
            ),
            "## Tables\n\n" + page.tables_section(self.pages(), elsewhere),
            "## Figures\n\n"
            + page.figures_section(self.alternatives(), FOLDER, self.who, elsewhere),
            *of_input_sets,
            "## Answers\n\n" + ANSWERS + "\n\n" + page.sentences(answers),
            "## Agreement of region means\n\n"
            + replication_agreement.agreement_section(self.table("agreement"), shown, self.who),
            "## What was run\n\n" + self.what_was_run(),
            "## What it took\n\n" + self.what_it_took(),
            "## Audit trail\n\n" + self.audit_trail(),
            "## Files\n\n" + replication_page.files(names, FOLDER),
        ]

    def input_sets_section(self):
        """What this study of several sets of inputs adds to the page of another."""
        page = replication_page
        return page.input_sets_section(
            self.config["study"],
            self.who,
            run_facts.describe_study(self.config, self.subjects, self.simulated),
            page.only_of_input_sets(self.pages()),
            page.only_of_input_sets(self.alternatives()),
            FOLDER,
        )

    def pages(self):
        """Dict of a table's name to the `tables.Part` of its page that are shown."""
        return {
            name: self.parts(name)[: None if name == "table_1" else 1]
            for name in replication_page.TABLES
            if (self.results / f"tables/{name}.html").is_file()
        }

    def alternatives(self):
        """Dict of a figure's name to what it shows, in words."""
        return {
            name: descriptions.describe(name, records.read([path.with_suffix(".csv")]))
            for name, path in self.figures.items()
        }

    def what_was_run(self):
        """Facts, hash of the configuration, and how it differs from the preset's."""
        trainings = {
            f"{path.parent.parent.name.removeprefix('network_')}/{path.parent.name}": path
            for path in sorted(self.results.glob("training/network_*/fold_*/log.csv"))
        }
        logs = {
            name: path
            for name in trainings
            if (path := self.results / f"logs/train_unet/{name}.log").is_file()
        }
        text = run_settings.settings_text(self.config)
        simulated_tissues = self.config["simulation"]["tissues"]
        written = datetime.now(UTC).date().isoformat()
        facts = [
            *run_facts.describe_study(self.config, self.subjects, self.simulated),
            *(
                [run_facts.describe_tissues(simulated_tissues, self.table("table_2"))]
                if self.simulated
                else []
            ),
            *run_facts.describe_trainings(
                {name: pd.read_csv(path) for name, path in trainings.items()},
                {name: path.read_text(errors="replace") for name, path in logs.items()},
            ),
            ("Arithmetic", self.arithmetic()),
            *run_facts.describe_crate((self.results / "ro-crate-metadata.json").read_text()),
            ("Configuration (SHA-256)", run_settings.sha256(text)),
            ("This page written", written),
        ]
        changed = run_settings.changed_settings(yaml.safe_load(text), self.preset)
        return (
            replication_page.pairs(facts)
            + "\n\nThe configuration is [config.yaml](replication/config.yaml), whose hash this "
            "is; folders of the machine are left out of it. "
            + (
                "It differs from the preset config/replication.yaml, as it is now, in:\n\n"
                + markdown.table(["Setting", "Preset", "This study"], changed, n_headings=3)
                if changed
                else "It is that of the preset config/replication.yaml, as it is now."
            )
        )

    def arithmetic(self):
        """Number types of the trainings and predictions of each network."""
        return "; ".join(
            f"{row['predictor'].removeprefix('network_')}: trained in {row['trained_in']}, "
            f"predicted in float32 for {row['n_in_float32']} subjects, in bfloat16 for "
            f"{row['n_in_bfloat16']}"
            for row in self.table("exactness").to_dict("records")
        )

    def what_it_took(self):
        """Work, memory, size, machines."""
        times = self.table("run_time")
        hours = {name: tables.number(times[name].sum() / 3600, 2) for name in ("wall_s", "cpu_s")}
        sizes = run_facts.sizes_mb(self.results)
        report = (self.results / "report/index.html").stat().st_size / 1e6
        listed = ", ".join(
            f"{name} {tables.number(size)}" for name, size in sizes.items() if size >= LISTED_MB
        )
        return "\n\n".join(
            [
                f"Work of all measured jobs: {hours['wall_s']} hours of wall clock, "
                f"{hours['cpu_s']} of processor. "
                f"Largest peak of memory: {tables.number(times['peak_memory_mib'].max(), 0)} MiB.",
                f"Size of the results: {tables.number(sum(sizes.values()), 0)} MB, of which the "
                f"report {tables.number(report)} MB. In MB, from {LISTED_MB} MB on: "
                f"{markdown.escape(listed)}.",
                *map(replication_page.part_section, self.parts("run_time")),
            ]
        )

    def audit_trail(self):
        """What was proved of the results."""
        log = self.results / "logs/test_artefacts.log"
        found = run_facts.audit_trail(
            self.table("leakage"),
            (self.results / "tests/artefacts.passed").is_file(),
            log.read_text(errors="replace") if log.is_file() else "",
        )
        return "\n".join(f"- {sentence}" for sentence in found)
