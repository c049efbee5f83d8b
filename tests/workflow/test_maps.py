"""`snakemake maps` gives a subject of the study the map that the study predicted."""

import json

import nibabel
import numpy as np
import pytest

from small_studies import TINY

pytestmark = pytest.mark.slow  # a whole study of its own

NETWORK = "network_mprage+gre+flair_seed-1"
SCANS = {"mprage": "acq-mprage_T1w", "gre": "acq-gre_T1w", "flair": "FLAIR"}


def test_a_subject_of_the_study_gets_the_map_that_the_study_predicted(study, snakemake):
    scan = "results/tiny/cohort/sub-02/anat/sub-02_{}.nii.gz"
    requested = {name: scan.format(end) for name, end in SCANS.items()}
    requested |= {"subject": "new", "output": "maps of a head"}
    result = snakemake(study, "maps", *TINY, "--config", f"maps={json.dumps(requested)}")
    assert result.returncode == 0, result.stderr[-5000:]
    for quantity in ("T1", "T2"):
        found = study / f"maps of a head/sub-new/anat/sub-new_{quantity}map.nii.gz"
        (own,) = (study / "results/tiny/predictions" / NETWORK).glob(
            f"*/sub-02/anat/sub-02_{quantity}map.nii.gz"
        )
        found, own = nibabel.load(found).get_fdata(), nibabel.load(own).get_fdata()
        slices = own.any(axis=(0, 1))
        assert slices.sum() > 20
        # To the rounding of float32: the slices come in other batches.
        np.testing.assert_allclose(found[:, :, slices], own[:, :, slices], rtol=0, atol=1e-7)
    sidecar = study / "maps of a head/sub-new/anat/sub-new_T1map.json"
    assert json.loads(sidecar.read_text())["Units"] == "s"
    assert "verdict" in (study / "maps of a head/sub-new.html").read_text().lower()


def test_maps_without_a_scan_are_refused_in_one_line(study, snakemake):
    result = snakemake(study, "maps", *TINY, "--config", 'maps={"output": "nothing"}')
    assert result.returncode != 0
    log = (study / "results/tiny/logs/make_maps.log").read_text().strip()
    assert "scan" in log.splitlines()[-1]
    assert not list((study / "nothing").glob("**/*.nii.gz"))
