"""The subjects, slices and lesions of a figure are chosen by rule and read by name."""

import numpy as np
import pandas as pd
import pytest

from contrast2map.figures import cases
from contrast2map.figures.case_files import CaseFiles
from contrast2map.study.subject_paths import by_predictor_and_fold
from volume_files import save, save_flipped, write_selection

SHAPE = (10, 12, 5)
AFFINE = np.diag([2.0, 2.5, 3.0, 1.0])
SELECTED = [1, 2, 4]


def boxes(*corners):
    """A mask of boxes, each given by a slice for every axis."""
    mask = np.zeros(SHAPE, bool)
    for box in corners:
        mask[box] = True
    return mask


def test_cases_are_chosen_by_lesion_load_and_never_without_lesions():
    assert cases.choose_by_lesions({"01": 3, "02": 9, "03": 0, "04": 3}, 3) == ["02", "01", "04"]


def test_without_lesions_cases_span_the_errors():
    assert cases.choose_by_error({"01": 5, "02": 1, "03": 3}, 2) == ["02", "01"]
    assert cases.choose_by_error({"01": 5}, 3) == ["01"]


def test_a_single_case_has_the_median_error():
    assert cases.choose_by_error({"01": 5, "02": 1, "03": 3}, 1) == ["03"]
    assert cases.choose_by_error({"01": 5, "02": 1, "03": 3, "04": 9}, 1) == ["03"]


def test_cases_are_ranked_by_the_t1_error_of_their_predictor_alone():
    row = {"subject": "01", "predictor": "a", "against": "reference", "quantity": "T1"}
    row |= {"region": "excluding_csf", "convention": "paper", "mae_ms": 7.0}
    others = [
        {"predictor": "b"},
        {"against": "truth"},
        {"quantity": "T2"},
        {"region": "full_brain"},
        {"convention": "brain"},
    ]
    table = pd.DataFrame([*(row | other | {"mae_ms": 1.0} for other in others), row])
    assert cases.main_errors_ms(table, "a") == {"01": 7.0}


def test_the_selected_slice_with_the_largest_mask_is_chosen():
    mask = np.zeros((2, 2, 4), bool)
    mask[..., 3] = True
    mask[0, :, 1] = True
    assert cases.largest_slice(mask, [0, 1, 2]) == 1


def test_the_largest_lesion_has_most_voxels_in_the_selected_slices():
    outside = np.s_[0:4, 0:4, 3:4]
    small, large = np.s_[6:7, 0:2, 1:2], np.s_[6:9, 6:9, 2:3]
    lesions = boxes(outside, small, large)
    assert (cases.largest_lesion(lesions, SELECTED) == boxes(large)).all()


def test_lesions_that_touch_at_a_corner_are_one():
    chain = boxes(np.s_[1, 1, 1], np.s_[2, 2, 2])
    found = cases.largest_lesion(chain | boxes(np.s_[8, 8, 1]), SELECTED)
    assert (found == chain).all()


@pytest.mark.parametrize("lesions", [boxes(), boxes(np.s_[0:4, 0:4, 3])])
def test_without_lesions_in_the_selected_slices_none_is_the_largest(lesions):
    assert not cases.largest_lesion(lesions, SELECTED).any()


@pytest.mark.parametrize("centre, expected", [(5, (3, 8)), (0, (0, 5)), (9, (5, 10))])
def test_a_window_contains_its_lesion_and_stays_within_the_image(centre, expected):
    mask = np.zeros((10, 12), bool)
    mask[centre, 6] = True
    first, second = cases.window_around(mask, 10, (2.0, 2.5))
    assert (first.start, first.stop) == expected
    assert second.stop - second.start == 4 and second.start <= 6 < second.stop


def test_a_window_never_exceeds_the_image():
    mask = np.ones((10, 12), bool)
    assert cases.window_around(mask, 1000, (2.0, 2.5)) == (slice(0, 10), slice(0, 12))


def test_the_brain_is_shown_with_a_margin():
    brain = np.zeros((20, 24), bool)
    brain[6:10, 2:5] = True
    assert cases.brain_window(brain) == (slice(2, 14), slice(0, 9))
    assert cases.brain_window(np.zeros((3, 3), bool)) == (slice(None), slice(None))


class Study:
    """Two subjects, two predictors; a map is its slice number plus 10 per predictor."""

    predictors = ("network_a+b_seed-1", "network_a_seed-1")
    folds = {"01": "fold_0", "02": "fold_1"}

    def __init__(self, folder, lesions):
        self.folder = folder
        ramp = np.broadcast_to(np.arange(SHAPE[2], dtype=float), SHAPE)
        brain = boxes(np.s_[1:9, 1:9, :]) & ~boxes(np.s_[1:3, 1:9, 0:4])
        volumes = {"T1": ramp + 1, "T2": (ramp + 1) / 10, "flair": ramp + 100, "brain": brain}
        paths = {name: {} for name in (*volumes, "slice_selection")}
        for subject in self.folds:
            for name, values in volumes.items():
                paths[name][subject] = save(values, folder / f"sub-{subject}/{name}.nii.gz", AFFINE)
            paths["slice_selection"][subject] = write_selection(
                folder / f"sub-{subject}" / "slices.tsv", SHAPE[2], SELECTED
            )
        predictions = []
        for number, predictor in enumerate(self.predictors, start=1):
            for subject, fold in self.folds.items():
                predictions.append(f"{folder}/predictions/{predictor}/{fold}")
                for name in ("T1", "T2"):
                    path = f"sub-{subject}/anat/sub-{subject}_{name}map.nii.gz"
                    values = volumes[name] + 10 * number + 100 * (subject == "02")
                    path = folder / f"predictions/{predictor}/{fold}" / path
                    save_flipped(values, path, AFFINE)
        self.files = CaseFiles(
            preprocessed=paths,
            lesions={
                subject: save(mask, folder / f"lesions/sub-{subject}/lesions.nii.gz", AFFINE)
                for subject, mask in lesions.items()
            },
            predictions=by_predictor_and_fold(predictions),
            groups={"01": "suspected_MS", "02": "healthy"},
            folds=self.folds,
        )


def test_only_lesions_in_the_selected_slices_are_counted(tmp_path):
    lesion = boxes(np.s_[4:6, 4, 2], np.s_[0:9, 0:9, 3])
    files = Study(tmp_path, {"01": lesion}).files
    assert files.count_lesion_voxels() == {"01": 2}
    assert files.slice_to_show("01") == 2


def test_without_lesions_the_slice_with_most_brain_is_shown(tmp_path):
    files = Study(tmp_path, {"02": boxes(np.s_[4, 4, 3])}).files
    assert files.slice_to_show("01") == 4
    assert files.slice_to_show("02") == 4
    assert not files.read_lesions("01").any()


def test_a_case_holds_the_maps_of_its_own_fold_by_predictor(tmp_path):
    study = Study(tmp_path, {"02": boxes(np.s_[4, 4, 2])})
    case = study.files.read_case("02", 2, ["flair"], study.predictors)
    assert case.title == "sub-02\nhealthy\nslice 2"
    assert case.voxel_mm == (2.0, 2.5)
    assert list(case.predicted_s) == list(study.predictors)
    for number, maps_s in enumerate(case.predicted_s.values(), start=1):
        assert maps_s["T1"] == pytest.approx(3 + 10 * number + 100)
        assert maps_s["T2"] == pytest.approx(0.3 + 10 * number + 100)
    assert case.reference_s["T2"] == pytest.approx(0.3)
    assert case.inputs["flair"] == pytest.approx(102)
    assert case.lesions.sum() == 1 and case.brain[5, 5] and not case.brain[0, 0]
    assert study.files.read_case("01", 2, [], []).title.startswith("sub-01\nsuspected MS")


def test_a_case_is_cropped_to_the_same_position_in_every_image(tmp_path):
    study = Study(tmp_path, {"01": boxes(np.s_[4, 4, 2])})
    whole = study.files.read_case("01", 2, ["flair"], study.predictors)
    case = whole.cropped((slice(4, 7), slice(3, 8)))
    images = [case.brain, case.lesions, *case.inputs.values(), *case.reference_s.values()]
    images += [each for maps_s in case.predicted_s.values() for each in maps_s.values()]
    assert {image.shape for image in images} == {(3, 5)}
    assert case.lesions[0, 1] and case.voxel_mm == whole.voxel_mm
