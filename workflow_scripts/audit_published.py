"""Audit what the printed digits of the published tables imply, using no results of this study."""

import json
from pathlib import Path

from contrast2map.audit import layouts as layouts_audit
from contrast2map.audit.implications import audit_errors, audit_tests
from contrast2map.audit.implied import read_texts
from contrast2map.audit.sentences import findings
from contrast2map.jobs import logs
from contrast2map.study.published import N_SUBJECTS
from contrast2map.tables.files import TableFiles, write_csv
from contrast2map.tables.layout import to_json


def audit_published(
    path_to_published,
    path_to_errors,
    path_to_findings,
    outputs,
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
    page = layouts_audit.to_page(layouts, found, Path(outputs.style).read_text())

    write_csv(tests, outputs.table)
    write_csv(errors, path_to_errors)
    Path(path_to_findings).write_text(
        json.dumps([each._asdict() for each in found], indent=1, ensure_ascii=False) + "\n"
    )
    Path(outputs.layouts).write_text(to_json(layouts))
    Path(outputs.page).write_text(page)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    audit_published(
        path_to_published=snakemake.input.published,
        path_to_errors=snakemake.output.errors,
        path_to_findings=snakemake.output.findings,
        outputs=TableFiles(
            style=snakemake.input.style,
            table=snakemake.output.table,
            layouts=snakemake.output.layouts,
            page=snakemake.output.page,
        ),
    )
