"""A finished study, read from the folder of its results, for its page in the docs."""

import itertools
from pathlib import Path

import pandas as pd
import yaml

from contrast2map.report import alternative_texts, headline, verdicts
from contrast2map.study import predictors, records
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables import layout
from pages import markdown
from pages.replication import agreement, run
from pages.replication import cells as cell_verdicts
from pages.replication import page as replication_page

BASELINES = ["cohort_mean", "linear_regression", "gradient_boosting"]
FOLDER = "replication"  # beside the page, for what it shows and links to
CONFIG, PREFIX_OF_INPUT_SETS = "config.yaml", "input_sets_"  # in that folder
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
        preset: Configuration of the presets that its own is held against.
        preset_names: Names of these presets, the last laid over the others.
        config: Its configuration.
        cells: Tables of `cell_verdicts.judge_cells`, against the truth first where there is one.
        figures: Dict of a figure's name to its PNG, of those of `replication_page.FIGURES`.
    """

    def __init__(self, results, preset, preset_names):
        self.results, self.preset, self.preset_names = Path(results), preset, preset_names
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
        self.who = layout.population(self.n_subjects, self.simulated)
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

    def layouts(self, name):
        """The `Layout`s of one of its tables."""
        return layout.from_json((self.results / f"tables/{name}.json").read_text())

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
            for quantity in QUANTITIES
        ]
        shown = [
            (f"{who} against the {against}", name, against)
            for against in self.against
            for who, name in [("Network", self.network), ("Cohort mean", BASELINES[0])]
            + ([("Reference maps", predictors.REFERENCE)] if against == "truth" else [])
        ]
        of_input_sets = ["## Sets of inputs\n\n" + other.input_sets_section()] if other else []
        return [
            page.opening(self.config, self.preset, self.n_subjects, self.simulated),
            "## In three sentences\n\n"
            + "\n".join(
                f"- {markdown.escape(each.sentence)}"
                for each in headline.sentences(rows, *arguments)
            ),
            "## Cell by cell: does the network beat the tissue's mean?\n\n" + CELLS,
            *(page.cells_section(cells, self.who) for cells in self.cells),
            "## Do persons differ in the maps?\n\n"
            + agreement.spread_section(
                self.table("table_2"), self.table("agreement"), *self.predictors[:2]
            ),
            "## Tables\n\n" + page.tables_section(self.shown_layouts(), elsewhere),
            "## Figures\n\n"
            + page.figures_section(self.alternatives(), FOLDER, self.who, elsewhere),
            *of_input_sets,
            "## Answers\n\n" + ANSWERS + "\n\n" + page.sentences(answers),
            "## Agreement of region means\n\n"
            + agreement.agreement_section(self.table("agreement"), shown, self.who),
            "## What was run\n\n" + run.what_was_run(self, f"{FOLDER}/{CONFIG}"),
            "## What it took\n\n" + run.what_it_took(self),
            "## Audit trail\n\n" + run.audit_trail(self),
            "## Files\n\n" + replication_page.files(names, FOLDER),
        ]

    def input_sets_section(self):
        """What this study of several sets of inputs adds to the page of another."""
        page = replication_page
        tables_of_sets = page.only_of_input_sets(self.shown_layouts()).values()
        return page.input_sets_section(
            self.config,
            self.who,
            self.cells,
            [*itertools.chain(*tables_of_sets), *self.layouts("ablation_tests")],
            page.only_of_input_sets(self.alternatives()),
            FOLDER,
            run.what_was_run(self, f"{FOLDER}/{PREFIX_OF_INPUT_SETS}{CONFIG}"),
        )

    def shown_layouts(self):
        """Dict of a table's name to its `Layout`s that are shown."""
        return {
            name: self.layouts(name)[: None if name == "table_1" else 1]
            for name in replication_page.TABLES
            if (self.results / f"tables/{name}.json").is_file()
        }

    def alternatives(self):
        """Dict of a figure's name to what it shows, in words."""
        return {
            name: alternative_texts.describe(name, records.read([path.with_suffix(".csv")]))
            for name, path in self.figures.items()
        }
