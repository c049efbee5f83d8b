"""Lesions of two subjects, one without a mask, from files to tables and figure."""

import numpy as np
import pytest

from contrast2map.figures.files import FigureFiles
from contrast2map.imaging.masks import WM
from contrast2map.report.alternative_texts import describe
from contrast2map.study import records
from contrast2map.tables.lesions import NO_LESION
from evaluate_maps import evaluate_maps
from plot_lesions import plot_lesions
from table_files import files_of, read_layouts
from tabulate_lesions import tabulate_lesions
from volume_files import read_rows, save, save_flipped, write_selection

SHAPE = (20, 24, 8)
AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])
TYPICAL_S = {"T1": 0.8, "T2": 0.0705}
NETWORK = "network_x_seed-1"


class Study:
    """Two subjects; only 01 has a mask, of a lesion with T1 and T2 longer by half."""

    def __init__(self, folder):
        self.folder = folder
        self.selected = [2, 3, 4]
        self.lesion = np.zeros(SHAPE, bool)
        self.lesion[9:12, 6:8, 3:6] = True  # not in the middle: a flip would miss it
        self.mask = self.lesion
        self.brain = np.zeros(SHAPE, bool)
        self.brain[1:-1, 1:-1] = True
        self.names = ("01", "02")

    def evaluate(self, truth=True, masked=("01",)):
        names = "T1 T2 full_brain excluding_csf tissue roi slice_selection lesions true_T1 true_T2"
        of = {name: {} for name in names.split()}
        for subject in self.names:
            folder = self.folder / f"sub-{subject}"
            of["full_brain"][subject] = save(self.brain, folder / "brain.nii.gz", AFFINE)
            of["excluding_csf"][subject] = of["roi"][subject] = of["full_brain"][subject]
            of["tissue"][subject] = save(WM * self.brain, folder / "tissue.nii.gz", AFFINE)
            of["slice_selection"][subject] = write_selection(
                folder / "slice_selection.tsv", SHAPE[2], self.selected
            )
            for quantity, typical_s in TYPICAL_S.items():
                self.save_maps(of, folder, subject, quantity, typical_s, truth)
            if subject in masked:
                mask = save_flipped(self.mask, folder / "lesion.nii.gz", AFFINE)
                of["lesions"][subject] = mask
        path = self.folder / "lesions.csv"
        evaluate_maps(
            path_to_predictions=self.folder / "predictions",
            paths=of,
            about={
                "groups": {"01": "MS", "02": "healthy"},
                "predictor": NETWORK,
                "fold": "fold_0",
            },
            erosion_voxels=1,
            path_to={
                "slice_errors": self.folder / "errors.csv",
                "roi_means": self.folder / "means.csv",
                "lesions": path,
            },
        )
        return path

    def save_maps(self, of, folder, subject, quantity, typical_s, truth):
        true_s = typical_s * (1 + 0.5 * self.lesion)
        in_slices = np.zeros(SHAPE, bool)
        in_slices[..., self.selected] = True
        predicted_s = np.where(in_slices & self.brain, typical_s * (1 + 0.2 * self.lesion), 0)
        path = self.folder / f"predictions/sub-{subject}/anat/sub-{subject}_{quantity}map.nii.gz"
        save_flipped(predicted_s, path, AFFINE)
        reference_s = typical_s * (1 + 0.4 * self.lesion)
        of[quantity][subject] = save(reference_s, folder / f"{quantity}.nii.gz", AFFINE)
        if truth:
            of[f"true_{quantity}"][subject] = save(
                true_s, folder / f"true_{quantity}.nii.gz", AFFINE
            )


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


def test_a_known_lesion_is_found_in_each_map(study):
    rows = read_rows(study.evaluate())
    assert [row["quantity"] for row in rows] == ["T1", "T2"]
    for row in rows:
        typical_ms = 1000 * TYPICAL_S[row["quantity"]]
        assert (row["subject"], row["group"], row["fold"]) == ("01", "MS", "fold_0")
        assert row["predictor"] == NETWORK
        assert float(row["predicted_contrast_ms"]) == pytest.approx(0.2 * typical_ms, rel=1e-4)
        assert float(row["reference_contrast_ms"]) == pytest.approx(0.4 * typical_ms, rel=1e-4)
        assert float(row["truth_contrast_ms"]) == pytest.approx(0.5 * typical_ms, rel=1e-4)
        assert float(row["error_vs_reference_ms"]) == pytest.approx(-0.2 * typical_ms, rel=1e-4)
        assert float(row["error_vs_truth_ms"]) == pytest.approx(-0.3 * typical_ms, rel=1e-4)


def test_only_selected_slices_and_the_brain_count(study):
    study.brain[9] = False
    row = read_rows(study.evaluate())[0]
    assert int(row["n_voxels"]) == 2 * 2 * 2
    assert float(row["volume_mm3"]) == pytest.approx(8 * 12)
    assert (row["first_slice"], row["last_slice"]) == ("3", "4")


def test_without_truth_its_cells_are_empty(study):
    row = read_rows(study.evaluate(truth=False))[0]
    assert row["truth_mean_ms"] == row["error_vs_truth_ms"] == ""
    assert row["reference_mean_ms"] != ""


def test_a_fold_without_a_mask_has_a_header_only(study):
    path = study.evaluate(masked=())
    assert read_rows(path) == []
    assert path.read_text().startswith("subject,group,fold,predictor,lesion,")


def test_a_mask_of_another_grid_is_refused(study):
    study.mask = study.mask[:, :-1]
    with pytest.raises(ValueError, match="grid"):
        study.evaluate()


@pytest.mark.parametrize("masked, said", [(("01",), "1 (1)"), ((), NO_LESION)])
def test_tables_and_figure_are_made_with_and_without_lesions(study, masked, said):
    found = study.evaluate(masked=masked)
    empty = study.folder / "empty.csv"
    empty.write_text(found.read_text().split("\n")[0] + "\n")
    path_to_all, outputs = study.folder / "all.csv", files_of(study.folder, "by_size")

    tabulate_lesions(
        paths_to_lesions=[empty, found],
        predictors=[NETWORK],
        simulated=True,
        path_to_lesions=path_to_all,
        outputs=outputs,
    )
    names = [f"lesions.{suffix}" for suffix in ("png", "pdf", "csv")]
    figure = [study.folder / name for name in (*names, "narrow.png", "narrow.pdf")]
    plot_lesions([empty, found], FigureFiles(*figure))

    assert [row["subject"] for row in read_rows(path_to_all)] == ["01", "01"] * len(masked)
    contrasts = [
        float(row["mean"])
        for row in read_rows(outputs.table)
        if (row["measure"], row["quantity"], row["size"]) == ("contrast", "T2", "any")
    ]
    # Network, reference and truth: 20, 40 and 50 % of 70.5 ms.
    assert sorted(contrasts) == pytest.approx([14.1, 28.2, 35.25][: 3 * len(masked)], rel=1e-4)
    assert len(read_layouts(study.folder, "by_size")) == 3  # all lesions, errors, contrasts
    assert said in outputs.page.read_text()
    assert figure[1].stat().st_size > 1000
    assert len(read_rows(figure[2])) == max(1, 2 * len(masked))
    assert ("1 lesion" if masked else "no lesion") in describe("lesions", records.read([figure[2]]))
