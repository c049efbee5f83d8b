"""CSV files are read as they were written."""

import pandas as pd

from contrast2map.study import records


def test_a_subject_or_group_called_na_is_not_a_missing_value(tmp_path):
    table = pd.DataFrame({"subject": ["NA", "007"], "group": ["n/a", "MS"], "mae_ms": [1.5, None]})
    table.to_csv(tmp_path / "a.csv", index=False)
    found = records.read([tmp_path / "a.csv"])
    assert list(found["subject"]) == ["NA", "007"] and list(found["group"]) == ["n/a", "MS"]
    assert found["mae_ms"].isna().tolist() == [False, True]
    assert found["mae_ms"].dtype == float


def test_a_file_without_rows_changes_nothing(tmp_path):
    (tmp_path / "empty.csv").write_text("subject,n\n")
    pd.DataFrame({"subject": ["01"], "n": [3]}).to_csv(tmp_path / "a.csv", index=False)
    found = records.read([tmp_path / "empty.csv", tmp_path / "a.csv"])
    assert found["n"].tolist() == [3] and found["n"].dtype == int
    assert list(records.read([tmp_path / "empty.csv"]).columns) == ["subject", "n"]
