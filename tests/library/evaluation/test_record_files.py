"""Records as CSV files are those that pandas writes."""

import pandas as pd
import pytest

from contrast2map.evaluation import record_files

COLUMNS = ["subject", "n_voxels", "mae_ms", "ssim"]


@pytest.mark.parametrize(
    "records",
    [
        [],
        [
            {"subject": "01", "n_voxels": 3, "mae_ms": 0.1 + 0.2, "ssim": float("nan")},
            {"subject": "a, b", "n_voxels": 10**6, "mae_ms": None, "ssim": float("inf")},
            {"subject": "02", "n_voxels": 0, "mae_ms": 1e-20},
        ],
    ],
)
def test_records_are_written_with_all_digits_as_by_pandas(tmp_path, records):
    record_files.write(records, COLUMNS, tmp_path / "ours.csv")
    pd.DataFrame(records, columns=COLUMNS).to_csv(tmp_path / "theirs.csv", index=False)
    assert (tmp_path / "ours.csv").read_text() == (tmp_path / "theirs.csv").read_text()


def test_a_key_that_is_not_a_column_is_refused(tmp_path):
    with pytest.raises(ValueError, match="psnr"):
        record_files.write([{"psnr": 1.0}], COLUMNS, tmp_path / "a.csv")
