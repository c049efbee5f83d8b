"""The audit needs only the published tables."""

import json

import pandas as pd

from audit_published import audit_published
from project import ROOT
from table_files import files_of, read_layouts


def test_the_audit_reads_only_the_published_tables(tmp_path):
    outputs = files_of(tmp_path, "audit")
    errors, found = tmp_path / "audit_errors.csv", tmp_path / "audit_findings.json"
    audit_published(
        path_to_published=ROOT / "config" / "published_tables.csv",
        path_to_errors=errors,
        path_to_findings=found,
        outputs=outputs,
    )
    tests = pd.read_csv(outputs.table).set_index(["quantity", "region"])
    assert len(tests) == 8 and len(pd.read_csv(errors)) == 4
    assert tests.loc[("T1", "wm"), "verdict"] == "infeasible"
    findings = json.loads(found.read_text())
    page = outputs.page.read_text()
    for finding in findings:
        assert set(finding) == {"word", "sentence"}
    assert page.count("<li>") == len(findings)
    assert len(read_layouts(tmp_path, "audit")) == 3
    assert "SIMULATED" not in page
