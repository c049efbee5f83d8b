"""The audit needs the published tables and nothing else."""

import json

import pandas as pd

from audit_published import audit_published
from contrast2map.tables import layout
from project import ROOT, STYLE


def test_the_audit_reads_the_published_tables_alone(tmp_path):
    table, errors = tmp_path / "audit.csv", tmp_path / "audit_errors.csv"
    found, page = tmp_path / "audit_findings.json", tmp_path / "audit.html"
    audit_published(
        path_to_published=ROOT / "config" / "published_tables.csv",
        path_to_style=STYLE,
        path_to_table=table,
        path_to_errors=errors,
        path_to_findings=found,
        path_to_page=page,
    )
    tests = pd.read_csv(table).set_index(["quantity", "region"])
    assert len(tests) == 8 and len(pd.read_csv(errors)) == 4
    assert tests.loc[("T1", "wm"), "verdict"] == "infeasible"
    findings = json.loads(found.read_text())
    parts = layout.parts_of_page(page.read_text())
    for finding in findings:
        assert set(finding) == {"word", "sentence"}
    assert parts[0].html.count("<li>") == len(findings)
    assert len(parts) == 4 and all("<table>" in part.html for part in parts[1:])
    assert "SIMULATED" not in page.read_text()
