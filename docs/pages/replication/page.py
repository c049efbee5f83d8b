"""The page of a finished study for the docs, in Markdown: sections made of its tables."""

import re

from contrast2map.study.published import CITATION, DOI
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number, population
from pages import markdown
from pages.replication import cells as cell_verdicts
from pages.replication import facts as run_facts

BLOCK = re.compile(r"(<!-- replication: .*? -->\n)(.*?)(<!-- end of replication -->)", re.DOTALL)
TABLES = {"table_1": "1", "table_2": "2", "table_s1": "S1", "table_s2": "S2"}
# Of several sets of inputs; a study of one set can borrow them from another study.
OF_INPUT_SETS = ("table_s1", "table_s2", "input_sets", "lesion_cases")
RUN_OF_INPUT_SETS = "What was run for the sets of inputs"
# Heading of each figure, what was published, and what is shown here.
FIGURES = {
    "network": (
        "Figure 1. The network",
        "A 2-D U-Net; the number of filters is not given.",
        "Drawn from the layers of the trained model of fold 0.",
    ),
    "representative_cases": (
        "Figure 2. Representative cases",
        "Six MS patients; a picture without numbers.",
        "Held-out {subjects}, one slice each, one window a column; error is network minus "
        "reference.",
    ),
    "bland_altman_T1": (
        "Figure 3. Agreement of region means, T1",
        "Mean differences within ±1 %, limits within ±5 % about them; in grey on the left.",
        "One point a tissue of each of {who}, held out; shaded: 95 % intervals.",
    ),
    "bland_altman_T2": (
        "Figure 3. Agreement of region means, T2",
        "Mean differences within ±1 %, limits within ±10 % about them; in grey on the left.",
        "One point a tissue of each of {who}, held out; shaded: 95 % intervals.",
    ),
    "input_sets": (
        "Figure S1. Maps by set of inputs",
        "Supporting information, which this project does not have.",
        "One of the held-out {subjects}; error is network minus reference.",
    ),
    "lesion_cases": (
        "Figure S2. Lesions with and without a contrast",
        "FLAIR improved the delineation of lesions (supporting information).",
        "The largest lesions of held-out {subjects}; networks that differ in one input.",
    ),
}


def opening(config, preset, n_subjects, simulated):
    """Title and first words.

    Args:
        config: Configuration of the study.
        preset: That of the preset, whose training is named where it is another one.
        n_subjects: Subjects that take part.
        simulated: Whether they are simulated.
    """
    who = population(n_subjects, simulated)
    first = (
        f"The {n_subjects} subjects of this page are simulated: no person was scanned, and nothing "
        "here is evidence about persons."
        if simulated
        else f"The {n_subjects} subjects are those of a BIDS dataset, as given to the study."
    )
    return (
        "<!-- Written by `make replication-docs` from the results; not by hand. -->\n\n"
        f"# Study {config['study']}: {who}, beside the published values\n\n{first}\n\n"
        f"Published: values of {CITATION} [doi:{DOI}](https://doi.org/{DOI}); 18 subjects, in "
        f'vivo. "This study": the run that is described [below](#what-was-run), '
        f"{_beside_preset(_training(config), _training(preset))}."
    )


def sentences(verdicts):
    """Verdicts as a list.

    Args:
        verdicts: List of `verdicts.Verdict`.
    """
    return "\n".join(
        f"- **{markdown.escape(each.word.capitalize())}.** {markdown.escape(each.sentence)}"
        for each in verdicts
    )


def cells_section(cells, who):
    """Cell by cell, network against cohort mean: table and sentence.

    Args:
        cells: Table of `cell_verdicts.judge_cells`.
        who: Words for the subjects.
    """
    layout = cell_verdicts.layout_cells(cells, who)
    sentence = cell_verdicts.sentence(cells)
    return f"### {layout.title}\n\n{sentence}\n\n{markdown.of_layout(layout)}"


def tables_section(layouts, elsewhere=()):
    """The paper's tables that a study has.

    Args:
        layouts: Dict of a table's name, of `TABLES`, to its `Layout`s that are shown.
        elsewhere: Names of tables that stand elsewhere on the page.
    """
    texts = [table_section(layout) for name in TABLES for layout in layouts.get(name, [])]
    shown = [*layouts, *elsewhere]
    missing = [f"Table {label}" for name, label in TABLES.items() if name not in shown]
    return "\n\n".join(texts + _absent(missing))


def table_section(layout):
    """A `Layout` under its heading."""
    return f"### {markdown.escape(layout.title)}\n\n{markdown.of_layout(layout)}"


def figures_section(alternatives, folder, who, elsewhere=()):
    """The paper's figures that a study has.

    Args:
        alternatives: Dict of a figure's name to what it shows in words (`alternative_texts`).
        folder: Where the pictures lie, as the page sees it.
        who: Words for the subjects, such as "18 simulated subjects".
        elsewhere: Names of figures that stand elsewhere on the page.
    """
    subjects = who.partition(" ")[2]
    texts = [
        f"### {heading}\n\n![{markdown.escape(alternatives[name])}]({folder}/{name}.png)\n\n"
        f"Published: {published} This study: {ours.format(subjects=subjects, who=who)}"
        for name, (heading, published, ours) in FIGURES.items()
        if name in alternatives
    ]
    shown = [*alternatives, *elsewhere]
    missing = [heading for name, (heading, *_) in FIGURES.items() if name not in shown]
    names = dict.fromkeys(each.partition(".")[0] for each in missing)
    return "\n\n".join(texts + _absent(list(names)))


def only_of_input_sets(found):
    """Of tables or figures by their names, those of several sets of inputs."""
    return {name: found[name] for name in OF_INPUT_SETS if name in found}


def input_sets_section(config, who, cells, layouts, alternatives, folder, run):
    """What the networks of another study, one for each set of inputs, show.

    Args:
        config: Configuration of that study.
        who: Words for its subjects.
        cells: Tables of `cell_verdicts.judge_cells` of its network of all inputs.
        layouts: `Layout`s of its tables that compare sets of inputs.
        alternatives: As of `figures_section`.
        folder: As of `figures_section`.
        run: What was run (`replication_run.what_was_run`).
    """
    n_sets = len(config["input_sets"])
    return "\n\n".join(
        [
            f"Each set of inputs is a training of its own, so these {n_sets} are of another, "
            f"smaller study, `{config['study']}`: {who}{_scans(config)}, {_training(config)}, "
            f"{config['folds']['n_folds']} folds; {RUN_OF_INPUT_SETS.lower()}: "
            f"[below](#{RUN_OF_INPUT_SETS.lower().replace(' ', '-')}).",
            f"Its network of {' + '.join(config['input_sets'][0])}: "
            + " ".join(cell_verdicts.sentence(each) for each in cells),
            *map(table_section, layouts),
            figures_section(alternatives, folder, who, [*FIGURES]),
            f"### {RUN_OF_INPUT_SETS}\n\n{run}",
        ]
    )


def readme_block(table_1, cells, config, simulated):
    """What the README quotes: three numbers, what was published, and the training.

    Args:
        table_1: Table of table_1.csv.
        cells: Tables of `cell_verdicts.judge_cells`, one below the other.
        config: Configuration of the study.
        simulated: Whether the subjects are simulated.
    """
    errors = where(
        table_1, against="reference", convention="paper", region="excluding_csf", metric="mae"
    )
    errors = errors[errors["predictor"].str.startswith("network_")].set_index("quantity")
    against = "truth" if "truth" in set(cells["against"]) else "reference"
    judged = where(cells, against=against)
    of_both = " and ".join(
        f"**{number(errors.loc[quantity, 'mean_over_slices'])} ms** in {quantity} (published, in "
        f"vivo: {number(errors.loc[quantity, 'published_mean'])} ms)"
        for quantity in QUANTITIES
    )
    n_better = int((judged["verdict"] == "better").sum())
    who = population(int(errors["n_subjects"].max()), simulated)
    return (
        f"On the {who} of study `{config['study']}` the network's ({_training(config)}) mean "
        f"absolute error excluding CSF is {of_both}. Of {len(judged)} cells (four tissues, T1 and "
        f"T2) it beats the tissue's mean, person by person against the {against}, in "
        f"**{n_better}**: [docs/replication.md](docs/replication.md).\n"
    )


def renew_block(readme, block):
    """A README with a new block between its marks.

    Args:
        readme: Its text.
        block: Text of `readme_block`.

    Raises:
        ValueError: It has not one such pair of marks.
    """
    if len(BLOCK.findall(readme)) != 1:
        raise ValueError("the README has not one block of marks <!-- replication: ... -->")
    return BLOCK.sub(lambda found: f"{found[1]}{block}{found[3]}", readme)


def files(names, folder):
    """Links to the files beside the page.

    Args:
        names: Their names.
        folder: Where they lie, as the page sees it.
    """
    links = ", ".join(f"[{name}]({folder}/{name})" for name in names)
    return (
        f"Beside this page: {links}. Columns are those of the study's own tables; cells.csv is the "
        "table cell by cell. Larger tables (errors of each subject, lesions) are in the results, "
        "which are not part of the repository."
    )


def pairs(facts):
    """Pairs of name and words as a table of text."""
    return markdown.table(["What", "This study"], facts, n_headings=2)


def _beside_preset(trained, preset):
    return trained if trained == preset else f"{trained}; the preset has {preset}"


def _training(config):
    return f"{config['unet']['n_filters']} filters, {config['training']['n_epochs']} epochs"


def _scans(config):
    if config["cohort"]["source"] != "simulated":
        return ""
    return f", scans of {run_facts.voxel_size(config['simulation']['scan'])}"


def _absent(missing):
    if not missing:
        return []
    return [f"Not in this study (they compare sets of inputs): {', '.join(missing)}."]
