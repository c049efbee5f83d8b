"""Networks trained on shuffled maps are no better than the tissue mean, so nothing leaks."""

import nibabel
import numpy as np
import pytest

import box_subject
import fit_cohort_mean
import predict_cohort_mean
import predict_maps
import train_unet
from contrast2map.imaging import masks
from contrast2map.learning.cohort_mean import LABELS

SHAPE = (24, 24, 6)
BRAIN_SLICES = range(1, 5)
QUANTITIES = ["T1", "T2"]
TISSUE_T1_S = {masks.GM: 1.2, masks.WM: 0.8}
CSF_T1_S = 3.0  # equal in all subjects, so that the scale survives normalisation
# T1 of a subject's grey and white matter relative to the cohort; held-out subjects are in between.
TRAINING = {f"{number:02d}": gain for number, gain in enumerate(np.linspace(0.76, 1.24, 16), 1)}
HELD_OUT = {"21": 0.80, "22": 0.88, "23": 1.12, "24": 1.20}
UNET = {"n_filters": 4, "n_levels": 2, "n_convolutions": 1, "initialiser_sd": 0.1}
UNET |= {"normalisation_momentum": 0.9}
SETTINGS = {"patch_size": [24, 24], "batch_size": 8, "n_epochs": 30, "n_epochs_constant": 15}
SETTINGS |= {"decay_rate": 0.1, "learning_rate": 3e-3, "beta_1": 0.5}
SETTINGS |= {"ssim_weight": 0.1, "ssim_data_range": None, "precision": "float32"}
SETTINGS |= {"optimiser": "adam", "weight_decay": 0.0, "gradient_norm": None}
SETTINGS |= {"schedule": "exponential", "n_warm_up_epochs": 0, "n_epochs_frozen": 0}
PREDICTION = {"precision": "float32", "maximum_deviation_ms": {"T1": 1, "T2": 1}}
ABOUT = {"name": "Maps", "description": "shuffled labels"}


def write_head(folder, gain, seed):
    """Write a head of boxes whose T1 and image scale with the gain; return paths by name."""
    rng = np.random.default_rng(seed)
    tissue, structures, rois = (np.zeros(SHAPE, np.uint8) for _ in range(3))
    inside = slice(BRAIN_SLICES[0], BRAIN_SLICES[-1] + 1)
    tissue[2:22, 2:22, inside] = masks.CSF
    tissue[4:20, 4:20, inside] = masks.GM
    tissue[8:16, 8:16, inside] = masks.WM
    structures[8:10, 8:16, inside] = masks.STRUCTURE_LABELS["putamen"]
    structures[14:16, 8:16, inside] = masks.STRUCTURE_LABELS["thalamus"]
    for name, x in (("gm", 5), ("wm", 11), ("putamen", 8), ("thalamus", 14)):
        rois[x, 10:14, inside] = masks.ROI_LABELS[name]
    of_tissue = [0, CSF_T1_S, *(gain * TISSUE_T1_S[label] for label in (masks.GM, masks.WM))]
    T1_s = np.array(of_tissue)[tissue]
    measured_s = T1_s * rng.normal(1, 0.02, SHAPE)
    volumes = {
        "mprage": 500 * rng.uniform(0.5, 2) * np.sqrt(T1_s) * rng.normal(1, 0.03, SHAPE),
        "T1": measured_s,
        "T2": 0.1 * measured_s,
        "coverage": np.ones(SHAPE),
        "brain": tissue > 0,
        "tissue": tissue,
        "structures": structures,
        "roi": rois,
        "excluding_csf": tissue > masks.CSF,
    }
    folder.mkdir(parents=True)
    paths = {name: folder / f"{name}.nii.gz" for name in volumes}
    for name, values in volumes.items():
        nibabel.save(nibabel.Nifti1Image(values.astype(np.float32), np.eye(4)), paths[name])
    return paths


def normalise(paths, maps, folder):
    """Slices of a subject's image and of the maps that it is given."""
    folder.mkdir(parents=True)
    files = {"slices": "slices.npz", "table": "slice_selection.tsv"}
    files |= {"files": "normalisation_files.tsv"}
    box_subject.normalise(
        paths
        | {quantity: maps[quantity] for quantity in QUANTITIES}
        | {name: folder / file for name, file in files.items()},
        contrasts=["mprage"],
        minimum_brain_area_mm2=100,
    )
    return folder / "slices.npz"


@pytest.fixture(scope="module")
def heads(tmp_path_factory):
    """Paths of each subject's head, its own slices among them."""
    root = tmp_path_factory.mktemp("heads")
    found = {}
    for subject, gain in (TRAINING | HELD_OUT).items():
        paths = write_head(root / "scans" / f"sub-{subject}", gain, int(subject))
        own = normalise(paths, paths, root / "preprocessed" / f"sub-{subject}")
        found[subject] = paths | {"slices": own}
    return found


def mean_absolute_error_s(heads, folder):
    """Mean absolute error of held-out T1 over the brain, in seconds."""
    errors_s = []
    for subject in HELD_OUT:
        predicted_s, measured_s, brain = (
            np.asarray(nibabel.load(path).dataobj)
            for path in (
                folder / f"sub-{subject}/anat/sub-{subject}_T1map.nii.gz",
                heads[subject]["T1"],
                heads[subject]["brain"],
            )
        )
        errors_s.append(np.abs(predicted_s - measured_s)[brain > 0].mean())
    return np.mean(errors_s)


def network_error_s(heads, paths_to_slices, folder):
    """Error of a network that was trained on some slices."""
    folder.mkdir()
    train_unet.train_unet(
        paths_to_slices=paths_to_slices,
        paths_to_validation=[],
        contrasts=["mprage"],
        unet=UNET,
        training=SETTINGS,
        path_to_weights=None,
        protocol=None,
        map_scale_s=3.0,
        study_seed=2,
        repetition="1",
        memory_mb=1000,
        code="0",
        checkpoint_folder=folder / "checkpoint",
        checkpoint_epochs=1,
        path_to_log=folder / "log.csv",
        path_to_model=folder / "model.keras",
        path_to_training_files=folder / "training_files.tsv",
        path_to_validation_files=folder / "validation_files.tsv",
        report=lambda line: None,
    )
    predict_maps.predict_maps(
        path_to_model=folder / "model.keras",
        paths_to_slices=[heads[subject]["slices"] for subject in HELD_OUT],
        paths_to_scans=[heads[subject]["mprage"] for subject in HELD_OUT],
        contrasts=["mprage"],
        map_scale_s=3.0,
        about=ABOUT,
        folder=folder / "maps",
        path_to_exactness=folder / "exactness.json",
        **PREDICTION,
    )
    return mean_absolute_error_s(heads, folder / "maps")


@pytest.fixture(scope="module")
def cohort_mean_error_s(heads, tmp_path_factory):
    """Error of the tissue mean, which does not depend on the assignment of maps to subjects."""
    folder = tmp_path_factory.mktemp("cohort_mean")
    names = [*LABELS, "slices", *QUANTITIES]
    fit_cohort_mean.fit_cohort_mean(
        training={name: {s: heads[s][name] for s in TRAINING} for name in names},
        quantities=QUANTITIES,
        path_to_means=folder / "means.json",
        path_to_training_files=folder / "training_files.tsv",
    )
    predict_cohort_mean.predict_cohort_mean(
        path_to_means=folder / "means.json",
        held_out={name: {s: heads[s][name] for s in HELD_OUT} for name in [*LABELS, "slices"]}
        | {"scans": {s: heads[s]["mprage"] for s in HELD_OUT}},
        about=ABOUT,
        folder=folder / "maps",
    )
    return mean_absolute_error_s(heads, folder / "maps")


def shuffled():
    """Assign to each training subject the maps of another one, so that images predict nothing.

    Of many permutations, the one whose gains correlate least with the true ones, up to third order:
    with 16 subjects a random permutation would leave some correlation.
    """
    subjects, gains = list(TRAINING), np.array(list(TRAINING.values())) - 1
    rng = np.random.default_rng(1)
    permutations = [rng.permutation(len(gains)) for _ in range(4000)]
    permutations = [p for p in permutations if (p != np.arange(len(gains))).all()]

    def agreement(p):
        return max(abs(np.corrcoef(gains**order, gains[p])[0, 1]) for order in (1, 2, 3))

    best = min(permutations, key=agreement)
    assert agreement(best) < 0.1
    return {subject: subjects[other] for subject, other in zip(subjects, best, strict=True)}


def test_with_true_labels_the_network_is_more_accurate_than_the_cohort_mean(
    heads, cohort_mean_error_s, tmp_path
):
    own = [heads[subject]["slices"] for subject in TRAINING]
    assert 0.10 < cohort_mean_error_s < 0.16  # 16 % of the T1 of tissue, and CSF
    assert network_error_s(heads, own, tmp_path / "true") < 0.65 * cohort_mean_error_s


@pytest.fixture(scope="module")
def shuffled_slices(heads, tmp_path_factory):
    """Slices of each training subject's image with another one's maps."""
    folder = tmp_path_factory.mktemp("shuffled")
    return [
        normalise(heads[subject], heads[other], folder / f"sub-{subject}")
        for subject, other in shuffled().items()
    ]


def test_with_labels_shuffled_between_subjects_the_network_is_as_accurate_as_the_cohort_mean(
    heads, cohort_mean_error_s, shuffled_slices, tmp_path
):
    error_s = network_error_s(heads, shuffled_slices, tmp_path / "shuffled")
    # A smaller error would be leakage; a slightly larger one is due to overfitting.
    assert 0.95 < error_s / cohort_mean_error_s < 1.25


def test_held_out_subjects_in_the_shuffled_training_set_are_noticed(
    heads, cohort_mean_error_s, shuffled_slices, tmp_path
):
    leaked = [heads[subject]["slices"] for subject in HELD_OUT]
    error_s = network_error_s(heads, [*shuffled_slices, *leaked], tmp_path / "leaked")
    assert error_s < 0.9 * cohort_mean_error_s
