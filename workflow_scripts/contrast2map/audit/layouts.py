"""Layout of the audit of the published tables: three tables, and the page that shows them."""

from html import escape

from contrast2map.study.terms import REGION_NAMES
from contrast2map.tables.layout import Layout, html_page, number, p_value, to_html

TITLE = "What the published numbers can and cannot support"
LEAD = (
    "Recomputed from the printed digits alone; the assumptions are stated with the first table. "
    "A misprint cannot be excluded."
)
BANNER = "PUBLISHED VALUES ONLY: this page uses no data of this study."


def span(row, pattern, n_decimals):
    """Lowest and highest value of a row as text; a single number if both round to it.

    Args:
        row: Row of a table from `audit.implications`.
        pattern: Name of a column, with {} in place of "lowest" or "highest".
        n_decimals: Number of decimals.
    """
    ends = [number(row[pattern.format(end)], n_decimals) for end in ("lowest", "highest")]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def extremes(rows, lowest, highest, n_decimals=1):
    """Smallest value of one column and largest value of another, as text."""
    return f"{number(rows[lowest].min(), n_decimals)} to {number(rows[highest].max(), n_decimals)}"


def layout_tests(tests, texts, n_subjects):
    """Table of the P values of Table 2: whether means and SDs allow them, and what they imply.

    Args:
        tests: Table from `audit.implications.audit_tests`.
        texts: Published numbers as printed (`audit.implied.read_texts`).
        n_subjects: Number of subjects of the published study.
    """
    columns = [("", ""), ("", "Region")]
    columns += [("Published", name) for name in ("Network", "Reference", "P")]
    columns += [
        ("Corrected", "P (Holm)"),
        ("Implied", "Difference (ms)"),
        ("Implied", "Possible P"),
    ]
    columns += [("Implied", "Verdict"), ("Implied", "Correlation")]
    rows = []
    for _, row in tests.iterrows():
        printed = texts[2, "roi_mean", row["quantity"], row["region"]]
        rows.append(
            [
                f"{row['quantity']} (ms)",
                REGION_NAMES[row["region"]],
                f"{printed['dl_mean']} ± {printed['dl_sd']}",
                f"{printed['reference_mean']} ± {printed['reference_sd']}",
                f"{printed['p_value']}{'*' if row['p_value'] < 0.05 else ''}",
                f"{row['p_holm']:.3g}",
                number(row["difference_ms"], signed=True),
                " to ".join(p_value(row[f"p_{end}"]).rstrip("*") for end in ("lowest", "highest")),
                row["verdict"],
                span(row, "implied_correlation_{}", 2),
            ]
        )
    return Layout(
        title="P values of Table 2",
        caption=(
            f"Qiu et al. 2022, {n_subjects} subjects in vivo; computed from the printed digits "
            f"alone. Assumptions: ± is the standard deviation across the {n_subjects} subjects, "
            "P is from a two-sided paired t-test on them, and the digits, read by OCR from the "
            "author manuscript, are correct; a misprint cannot be excluded. Each printed number "
            "stands for all values that round to it. Possible P: all values that the means and SDs "
            "allow, whatever the correlation between network and reference. Correlation: as "
            "required by the printed P. Infeasible: the printed P is not possible. Borderline: it "
            "requires a correlation below −0.9. *: below 0.05."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def layout_limits(tests, n_subjects):
    """Table of the between-subject SDs, limits of agreement and mean differences in Table 2.

    Args:
        tests: Table from `audit.implications.audit_tests`.
        n_subjects: Number of subjects of the published study.
    """
    limits, mean = "Limits of agreement (± %)", "Mean difference (%)"
    columns = [("", ""), ("", "Region"), ("Between-subject SD", "Network / reference (%)")]
    columns += [("Between-subject SD", "Largest P for equal SDs")]
    columns += [(limits, name) for name in ("Tissue mean", "Network", "Claimed")]
    columns += [(mean, "Printed"), (mean, "Widest 95 % interval"), (mean, "Detectable")]
    rows = [
        [
            row["quantity"],
            REGION_NAMES[row["region"]],
            number(row["sd_ratio_percent"], 0),
            p_value(row["highest_p_of_equal_sds"]),
            number(row["null_limit_percent"]),
            span(row, "network_limit_{}_percent", 1),
            f"{row['claimed_limit_percent']:g}",
            number(row["difference_percent"], signed=True),
            span(row, "interval_{}_percent", 1),
            span(row, "detectable_{}_percent", 1),
        ]
        for _, row in tests.iterrows()
    ]
    return Layout(
        title="Spread, limits and differences of Table 2",
        caption=(
            f"Qiu et al. 2022, {n_subjects} subjects in vivo, in percent of the reference mean; "
            "assumptions as above. P for equal SDs: Pitman-Morgan test at a correlation of 0; any "
            "other correlation gives a smaller P. Limits: 1.96 SD of the differences. Tissue mean: "
            "a predictor that returns the tissue mean for every subject; its differences have the "
            "SD of the reference. Network: derived from the SD of the differences that the printed "
            "P implies, within the range that the SDs allow. Claimed: bound for all tissues. "
            "Detectable: true mean difference that a paired t-test at 0.05 detects with a power of "
            "80 %. –: the printed P is infeasible."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def layout_errors(errors, n_subjects):
    """Table of what the errors in Table 1 imply about the voxels used to compute them.

    Args:
        errors: Table from `audit.implications.audit_errors`.
        n_subjects: Number of subjects of the published study.
    """
    columns = [("", ""), ("", "Region")]
    columns += [("Published", name) for name in ("MAE (ms)", "MPE (%)", "PSNR (dB)")]
    columns += [("Implied", "Mean of the reference (ms)"), ("Implied", "Smallest data range (ms)")]
    rows = [
        [
            row["quantity"],
            REGION_NAMES[row["region"]],
            *(number(row[name]) for name in ("mae_ms", "mpe_percent", "psnr_db")),
            span(row, "implied_mean_{}_ms", 0),
            span(row, "least_range_{}_ms", 0),
        ]
        for _, row in errors.iterrows()
    ]
    return Layout(
        title="Errors of Table 1",
        caption=(
            f"Qiu et al. 2022, {n_subjects} subjects in vivo. Mean of the reference: MAE / MPE, "
            "the error-weighted harmonic mean over the voxels in both errors. Smallest data range: "
            "MAE × 10^(PSNR / 20), the smallest possible if the PSNR was computed over the same "
            "voxels as the MAE, because a root mean square error is never below the MAE. The MAE "
            "is assumed to be log-normal across slices, with ± as its SD."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def to_page(layouts, findings, style):
    """The audit as an HTML page that needs no other file.

    Args:
        layouts: List of `Layout`, in the order of the page.
        findings: List of `Verdict`, shown above the tables.
        style: Text of a CSS file.
    """
    sentences = "\n".join(
        f'<li><span class="word">{escape(word.capitalize())}.</span> {escape(sentence)}</li>'
        for word, sentence in findings
    )
    tables = "\n".join(f"<h2>{escape(each.title)}</h2>\n{to_html(each)}" for each in layouts)
    contents = (
        f'<p class="soft">{escape(LEAD)}</p>\n<ul class="verdicts">\n{sentences}\n</ul>\n{tables}\n'
    )
    return html_page(TITLE, BANNER, style, contents)
