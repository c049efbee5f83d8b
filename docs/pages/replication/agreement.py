"""Agreement of region means, and how much persons differ in them, for a page of the docs."""

from contrast2map.evaluation.agreement import ALL
from contrast2map.study.records import where
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import NOTHING, interval, number
from pages import markdown

OF_PERSONS = {"ccc": "CCC", "slope": "slope of difference on mean", "sd_ratio": "ratio of SDs"}
AGREEMENT_COLUMNS = ["", "Region", "Bias (ms)", "Bias (%)", "Limits (%)", "CCC"]
AGREEMENT_COLUMNS += ["Slope of difference on mean", "Ratio of SDs", "Skill"]
AGREEMENT = (
    "Held-out region means of {who}; in brackets 95 % intervals over subjects. CCC: Lin's "
    "concordance, 1 is identity. Slope and ratio of between-subject SDs: 0 and 1 without "
    "regression to the mean, −2 and 0 for one value for everyone. Skill: 1 − mean squared error "
    "over that of the cohort mean; above zero, more is known of a person than the tissue. What "
    "each is, and where it has no interval: [statistics.md](statistics.md)."
)
SPREAD = (
    "SD over subjects of a tissue's mean in the network's maps, divided by that in the reference "
    "maps: 1 if persons differ as much, 0 for one value for everyone. Noise of the reference "
    "lowers it, chance may raise it, and it says nothing of who is high and who is low."
)


def spread_section(table_2, agreement, network, null):
    """How much persons differ in a predictor's maps, as a share of how much they do in reference.

    Args:
        table_2: Table of table_2.csv.
        agreement: Table of `tables_agreement.summarise_agreement`.
        network: Name of the network.
        null: Name of the predictor that knows the tissue only.
    """
    cells = agreement.set_index(["predictor", "against", "quantity", "region"])
    rows, published, ours = [], [], []
    for row in where(table_2, predictor=network).to_dict("records"):
        cell = row["quantity"], row["region"]
        published.append(row["published_dl_sd_ms"] / row["published_reference_sd_ms"])
        found, of_null = (cells.loc[name, "reference", *cell] for name in (network, null))
        ours.append(found["sd_ratio"])
        rows.append(
            [
                row["quantity"],
                REGION_NAMES[row["region"]],
                number(published[-1], 2),
                _cell(found, "sd_ratio", 2),
                number(ours[-1] - published[-1], 2, signed=True),
                number(of_null["sd_ratio"], 2),
            ]
        )
    columns = ["", "Region", "Published: network", "This study: network", "minus published"]
    below = [sum(ratio < 1 for ratio in ratios) for ratios in (ours, published)]
    return (
        f"{SPREAD} Below 1 it is in {below[0]} of {len(rows)} cells here, and in {below[1]} of "
        f"{len(rows)} as published.\n\n"
        + markdown.table([*columns, "This study: cohort mean"], rows, 2, frozenset({3}))
        + "\n\nPublished: quotient of the printed SDs of Table 2. In brackets 95 % intervals."
    )


def agreement_section(agreement, shown, who):
    """Agreement of region means by tissue, one short table a comparison.

    Args:
        agreement: Table of `tables_agreement.summarise_agreement`.
        shown: Triples of heading, predictor and `against`.
        who: Words for the subjects.
    """
    texts = [AGREEMENT.format(who=who)]
    for heading, predictor, against in shown:
        rows = where(agreement, predictor=predictor, against=against)
        words = " ".join(of_persons(rows, quantity) for quantity in QUANTITIES)
        text = markdown.table(AGREEMENT_COLUMNS, agreement_cells(rows), n_headings=2)
        texts.append(f"### {heading}\n\n{words}\n\n{text}")
    return "\n\n".join(texts)


def of_persons(rows, quantity):
    """How far single tissues tell persons apart, from least to most of four.

    Args:
        rows: Rows of one predictor and `against` of `tables_agreement.summarise_agreement`.
        quantity: T1 or T2.
    """
    single = where(rows, quantity=quantity)
    single = single[single["region"] != ALL]
    spans = [
        f"{label} {number(single[name].min(), 2)} to {number(single[name].max(), 2)}"
        for name, label in OF_PERSONS.items()
    ]
    return f"{quantity}, lowest to highest of four tissues: {', '.join(spans)}."


def agreement_cells(rows):
    """Cells as text in the order of `AGREEMENT_COLUMNS`, a row a quantity and region.

    Args:
        rows: As of `of_persons`.
    """
    cells = rows.set_index(["quantity", "region"])
    lines = []
    for quantity in QUANTITIES:
        for region in (*REGIONS, ALL):
            row = cells.loc[quantity, region]
            limits = [
                number(row[f"{end}_limit_percent"], signed=True) for end in ("lower", "upper")
            ]
            lines.append(
                [
                    quantity,
                    "All four tissues" if region == ALL else REGION_NAMES[region],
                    _cell(row, "bias_ms", 1, signed=True),
                    _cell(row, "bias_percent", 1, signed=True),
                    NOTHING if NOTHING in limits else " to ".join(limits),
                    *(_cell(row, name, 2) for name in OF_PERSONS),
                    number(row["skill"], 2),
                ]
            )
    return lines


def _cell(row, name, n_decimals, signed=False):
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"], n_decimals, signed)
