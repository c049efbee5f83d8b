"""Recompute what the digits of the published tables imply; no result of the study is read."""

import json
from pathlib import Path

from contrast2map.audit import layouts as layouts_audit
from contrast2map.audit.implied import read_texts
from contrast2map.audit.sentences import findings
from contrast2map.audit.tables import audit_errors, audit_tests
from contrast2map.jobs import logs
from contrast2map.study.published import N_SUBJECTS
from contrast2map.tables import files
from contrast2map.tables.layout import to_json


def audit_published(
    path_to_published,
    path_to_style,
    path_to_table,
    path_to_errors,
    path_to_findings,
    path_to_layouts,
    path_to_page,
):
    with open(path_to_published, newline="") as published:
        texts = read_texts(published)
    tests, errors = audit_tests(texts, N_SUBJECTS), audit_errors(texts)
    found = findings(tests, errors, N_SUBJECTS)
    layouts = [
        layouts_audit.layout_tests(tests, texts, N_SUBJECTS),
        layouts_audit.layout_limits(tests, N_SUBJECTS),
        layouts_audit.layout_errors(errors, N_SUBJECTS),
    ]
    page = layouts_audit.to_page(layouts, found, Path(path_to_style).read_text())

    files.write_csv(tests, path_to_table)
    files.write_csv(errors, path_to_errors)
    Path(path_to_findings).write_text(
        json.dumps([each._asdict() for each in found], indent=1, ensure_ascii=False) + "\n"
    )
    Path(path_to_layouts).write_text(to_json(layouts))
    Path(path_to_page).write_text(page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    audit_published(
        path_to_published=snakemake.input.published,
        path_to_style=snakemake.input.style,
        path_to_table=snakemake.output.table,
        path_to_errors=snakemake.output.errors,
        path_to_findings=snakemake.output.findings,
        path_to_layouts=snakemake.output.layouts,
        path_to_page=snakemake.output.page,
    )
