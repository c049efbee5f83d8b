"""The audit of the published tables as it is read: three tables and a page."""

from html import escape

from contrast2map.study.terms import REGION_NAMES
from contrast2map.tables.layout import Layout, html_page, number, p_value, to_html

TITLE = "What the published numbers can and cannot support"
LEAD = (
    "Recomputed from the printed digits alone. What is assumed of them stands with the first "
    "table; a misprint is as possible as anything else."
)
BANNER = "PUBLISHED VALUES ONLY: nothing on this page comes from the cohort of this study."


def span(row, pattern, n_decimals):
    """Lowest and highest value of a row as text; once, if they print alike.

    Args:
        row: Row of `tables_audit`.
        pattern: Name of its columns, with {} for lowest and highest.
        n_decimals: Digits after the point.
    """
    ends = [number(row[pattern.format(end)], n_decimals) for end in ("lowest", "highest")]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def extremes(rows, lowest, highest, n_decimals=1):
    """Least value of one column and largest of another as text."""
    return f"{number(rows[lowest].min(), n_decimals)} to {number(rows[highest].max(), n_decimals)}"


def layout_tests(tests, texts, n_subjects):
    """What the P values of Table 2 take, and whether means and SDs allow it.

    Args:
        tests: Table of `tables_audit.audit_tests`.
        texts: Published numbers as printed (`audit.read_texts`).
        n_subjects: Number of subjects of the published study.
    """
    columns = [("", ""), ("", "Region")]
    columns += [("Published", name) for name in ("Network", "Reference", "P")]
    columns += [
        ("Corrected", "P (Holm)"),
        ("Implied", "Difference (ms)"),
        ("Implied", "P possible"),
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
            f"alone. Assumed: ± is the standard deviation over the {n_subjects} subjects, P is of "
            "a two-sided paired t-test over them, and the digits, read by OCR from the author "
            "manuscript, are right; a misprint is as possible as anything else. A printed number "
            "stands for all values that round to it. P possible: from the largest to the smallest "
            "|t| that means and SDs allow, whatever the correlation of network and reference. "
            "Correlation: what the printed P takes. Infeasible: the printed P is not possible; "
            "borderline: it takes a correlation below −0.9. * below 0.05."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def layout_limits(tests, n_subjects):
    """Spread between subjects, limits of agreement and mean differences that Table 2 implies.

    Args:
        tests: Table of `tables_audit.audit_tests`.
        n_subjects: Number of subjects of the published study.
    """
    limits, mean = "Limits of agreement (± %)", "Mean difference (%)"
    columns = [("", ""), ("", "Region"), ("SD between subjects", "Network / reference (%)")]
    columns += [("SD between subjects", "P of equal SDs, at most")]
    columns += [(limits, name) for name in ("Cohort mean", "Network", "Claimed")]
    columns += [(mean, "Printed"), (mean, "95 % interval, at widest"), (mean, "Detectable")]
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
            "assumptions as above. P of equal SDs: Pitman and Morgan's test at a correlation of 0, "
            "which no other correlation exceeds. Limits: 1.96 SD of the differences. Cohort mean: "
            "a predictor that returns the tissue's mean for every subject; its differences have "
            "the reference's SD. Network: from the SD of the differences that the printed P "
            "implies, within what the SDs allow. Claimed: for all tissues together. Detectable: "
            "true mean difference that a paired t-test at 0.05 finds with a power of 80 %. –: the "
            "printed P is infeasible."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def layout_errors(errors, n_subjects):
    """What the errors of Table 1 imply about the voxels that they were taken over.

    Args:
        errors: Table of `tables_audit.audit_errors`.
        n_subjects: Number of subjects of the published study.
    """
    columns = [("", ""), ("", "Region")]
    columns += [("Published", name) for name in ("MAE (ms)", "MPE (%)", "PSNR (dB)")]
    columns += [("Implied", "Mean of the reference (ms)"), ("Implied", "Least data range (ms)")]
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
            f"Qiu et al. 2022, {n_subjects} subjects in vivo. Mean of the reference: MAE / MPE, a "
            "harmonic mean weighted by the error over the voxels that both were taken over. Least "
            "data range: what PSNR would need if it were taken over the same voxels as the MAE, "
            "MAE × 10^(PSNR / 20), for no root mean square error is below its MAE; slices' MAEs "
            "taken as log-normal, ± as their SD."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def to_page(layouts, findings, style):
    """The audit as an HTML page of its own that needs no other file.

    Args:
        layouts: Tables in their order.
        findings: `Verdict`s that stand above them.
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
