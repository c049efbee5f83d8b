"""Maps with known errors are evaluated correctly."""

import numpy as np
import pytest

from evaluate_maps import evaluate_maps
from evaluate_reference import evaluate_reference
from volume_files import read_rows, save, save_flipped, write_selection

SHAPE = (20, 24, 6)
AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])
ROIS = {"gm": 1, "wm": 2, "putamen": 3, "thalamus": 4}
MAPS_S = {"T1": 1.0, "T2": 0.1}


class Study:
    """One subject: reference constant, truth 10 % higher, prediction 20 % higher."""

    def __init__(self, folder):
        self.folder = folder
        self.brain = np.zeros(SHAPE, bool)
        self.brain[3:17, 3:21] = True
        self.inner = self.brain.copy()
        self.inner[3:6] = False
        self.rois = np.zeros(SHAPE, int)
        for label in ROIS.values():
            self.rois[6 + 2 * label, 10] = label
        self.selected = [1, 2, 4]
        shape_s = np.where(self.brain, np.linspace(0.9, 1.1, SHAPE[1])[:, None], 0)
        self.reference_s = {name: scale * shape_s for name, scale in MAPS_S.items()}
        in_slices = np.zeros(SHAPE, bool)
        in_slices[..., self.selected] = True
        self.predicted_s = {
            name: np.where(in_slices, 1.2 * map_s, 0) for name, map_s in self.reference_s.items()
        }

    def evaluate(self, truth=True):
        subject = self.folder / "sub-01"
        subject.mkdir(exist_ok=True)
        selection = write_selection(subject / "slice_selection.tsv", SHAPE[2], self.selected)
        predictions = self.folder / "predictions"
        maps = {
            name: save(map_s, subject / f"{name}.nii.gz", AFFINE)
            for name, map_s in self.reference_s.items()
        }
        true_maps = {
            f"true_{name}": {
                "01": save(1.1 * map_s, self.folder / "truth" / f"{name}.nii.gz", AFFINE)
            }
            if truth
            else {}
            for name, map_s in self.reference_s.items()
        }
        for name, map_s in self.predicted_s.items():
            path = predictions / "sub-01" / "anat" / f"sub-01_{name}map.nii.gz"
            save_flipped(map_s, path, AFFINE)
        errors, means = self.folder / "errors.csv", self.folder / "means.csv"
        evaluate_maps(
            path_to_predictions=predictions,
            paths=true_maps
            | {
                "T1": {"01": maps["T1"]},
                "T2": {"01": maps["T2"]},
                "full_brain": {"01": save(self.brain, subject / "brain.nii.gz", AFFINE)},
                "excluding_csf": {"01": save(self.inner, subject / "inner.nii.gz", AFFINE)},
                "roi": {"01": save(self.rois, subject / "roi.nii.gz", AFFINE)},
                "slice_selection": {"01": selection},
                "lesions": {},
            },
            about={"groups": {"01": "MS"}, "predictor": "network_x", "fold": "fold_0"},
            erosion_voxels=1,
            path_to={
                "slice_errors": errors,
                "roi_means": means,
                "lesions": self.folder / "lesions.csv",
            },
        )
        return read_rows(errors), read_rows(means)

    def evaluate_reference(self):
        """Errors of the reference, after `evaluate` has written the maps."""
        subject, errors = self.folder / "sub-01", self.folder / "reference_errors.csv"
        names = {"full_brain": "brain", "excluding_csf": "inner", "T1": "T1", "T2": "T2"}
        paths = {name: {"01": subject / f"{file}.nii.gz"} for name, file in names.items()}
        for name in MAPS_S:
            paths[f"true_{name}"] = {"01": self.folder / "truth" / f"{name}.nii.gz"}
        paths["slice_selection"] = {"01": subject / "slice_selection.tsv"}
        evaluate_reference(
            paths=paths, groups={"01": "MS"}, fold="fold_0", path_to_slice_errors=errors
        )
        return read_rows(errors)


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


def test_a_known_error_is_found_in_every_selected_slice_and_no_other(study):
    errors, _ = study.evaluate()
    assert {int(row["slice"]) for row in errors} == set(study.selected)
    assert len(errors) == 3 * 2 * 2 * 2 * 2  # slices, against, quantities, regions, conventions
    for row in errors:
        expected = 20 if row["against"] == "reference" else 100 * (1.2 / 1.1 - 1)
        assert float(row["mpe_percent"]) == pytest.approx(expected, rel=1e-4)
        assert (row["subject"], row["group"], row["fold"]) == ("01", "MS", "fold_0")


def test_errors_are_in_milliseconds(study):
    errors, _ = study.evaluate(truth=False)
    mae_ms = {
        row["quantity"]: float(row["mae_ms"]) for row in errors if row["region"] == "full_brain"
    }
    mean_s = study.reference_s["T1"][study.brain].mean()
    assert mae_ms["T1"] == pytest.approx(200 * mean_s, rel=1e-4)
    assert mae_ms["T2"] == pytest.approx(20 * mean_s, rel=1e-4)


def test_without_truth_maps_are_not_compared_with_it(study):
    errors, means = study.evaluate(truth=False)
    assert {row["against"] for row in errors} == {"reference"}
    assert {row["truth_ms"] for row in means} == {""}


def test_region_means_exclude_slices_that_were_not_predicted(study):
    _, means = study.evaluate()
    assert {row["region"] for row in means} == set(ROIS)
    for row in means:
        assert int(row["n_voxels"]) == len(study.selected)
        ratio = float(row["predicted_ms"]) / float(row["reference_ms"])
        assert ratio == pytest.approx(1.2, rel=1e-4)
        ratio = float(row["truth_ms"]) / float(row["reference_ms"])
        assert ratio == pytest.approx(1.1, rel=1e-4)


def test_voxels_without_a_reference_value_do_not_count(study):
    study.reference_s["T1"][8, 8, 1] = 0
    errors, _ = study.evaluate()
    n_voxels = {
        (row["quantity"], row["against"]): int(row["n_voxels"])
        for row in errors
        if row["slice"] == "1" and row["region"] == "full_brain"
    }
    n_brain = int(study.brain[..., 1].sum())
    assert n_voxels["T2", "reference"] == n_brain
    assert n_voxels["T1", "reference"] == n_voxels["T1", "truth"] == n_brain - 1


def test_a_region_without_voxels_has_no_mean(study):
    study.rois[study.rois == ROIS["putamen"]] = 0
    _, means = study.evaluate()
    putamen = next(row for row in means if row["region"] == "putamen")
    assert putamen["n_voxels"] == "0" and putamen["predicted_ms"] == ""


def test_a_prediction_that_is_not_finite_stops_the_job(study):
    study.predicted_s["T1"][8, 8, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        study.evaluate()


def test_a_map_of_another_grid_is_refused(study):
    study.predicted_s["T1"] = study.predicted_s["T1"][:, :-1]
    with pytest.raises(ValueError, match="grid"):
        study.evaluate()


def test_the_reference_is_evaluated_in_the_voxels_of_a_prediction(study):
    study.reference_s["T1"][8, 8, 1] = 0
    errors, _ = study.evaluate()
    of_reference = study.evaluate_reference()
    keys = ("slice", "quantity", "region", "convention", "n_voxels")
    assert [[row[key] for key in keys] for row in of_reference] == [
        [row[key] for key in keys] for row in errors if row["against"] == "truth"
    ]
    for row in of_reference:
        assert (row["predictor"], row["against"], row["group"]) == ("reference", "truth", "MS")
        assert float(row["mpe_percent"]) == pytest.approx(100 * (1 - 1 / 1.1), rel=1e-4)
