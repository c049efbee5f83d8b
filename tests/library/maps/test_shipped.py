"""The network in the package as a model: any subset of scans, told their protocol."""

import math

import numpy as np
import pytest

from contrast2map.bids.protocol_sidecar import read_protocol
from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS
from contrast2map.maps import shipped
from contrast2map.maps.new_scans import NewScan
from contrast2map.maps.scan_kinds import SCAN_KINDS
from contrast2map.maps.verdict import judge_protocol

MPRAGE = {
    "ScanningSequence": "GR",
    "SequenceVariant": "SK_SP_MP",
    "InversionTime": 0.9,
    "RepetitionTime": 2.3,
    "EchoTime": 0.003,
    "FlipAngle": 9,
    "MagneticFieldStrength": 3,
    "Manufacturer": "Siemens",
}
FLAIR = {
    "ScanningSequence": "SE_IR",
    "InversionTime": 2.5,
    "RepetitionTime": 9.0,
    "EchoTime": 0.1,
    "MagneticFieldStrength": 3,
}
T2W = {"ScanningSequence": "SE", "RepetitionTime": 5.0, "EchoTime": 0.09, "EchoTrainLength": 1}
PARAMETERS = {
    "mprage": {
        "TR_s": 2.3,
        "TI_s": 0.9,
        "TE_s": 0.003,
        "flip_angle_deg": 9,
        "echo_spacing_s": 0.007,
        "n_excitations": 176,
        "inversion_efficiency": 0.96,
    },
    "flair": {
        "TR_s": 9.0,
        "TI_s": 2.5,
        "equivalent_TE_s": 0.1,
        "echo_train_duration_s": 0.2,
        "inversion_efficiency": 0.96,
    },
    "spin_echo": {"TR_s": 5.0, "TE_s": 0.09},
}
TISSUES = {"wm": (0.85, 0.070, 0.70), "gm": (1.35, 0.088, 0.82), "csf": (4.0, 1.5, 1.0)}


def scan(content, kind):
    return NewScan(
        image=None,
        source=f"{kind}.nii.gz",
        protocol=read_protocol(content, kind),
        voxel_mm=[1, 1, 1],
        findings=[],
    )


@pytest.fixture(scope="module")
def network():
    """The network of the package, loaded."""
    return shipped.load(shipped.open_model())


@pytest.fixture(scope="module")
def head():
    """Labels of a head of two slices: a rim of CSF, cortex with sulci, white matter, ventricles."""
    y, x = np.mgrid[:160, :128]
    radius = np.hypot((y - 80) / 72, (x - 64) / 58)
    folded = radius + 0.05 * np.sin(14 * np.arctan2(y - 80, x - 64))
    labels = np.select(
        [radius > 1, folded > 0.94, folded > 0.78, np.hypot((y - 80) / 14, (x - 64) / 8) < 1],
        ["air", "csf", "gm", "csf"],
        "wm",
    )
    return np.stack([labels, labels])


def images(head, kinds, rng, snr=60):
    """Scans of the head by the signal equations, with noise, in units of no meaning."""
    found = {}
    for gain, (name, equation) in enumerate(kinds.items(), start=3):
        image = np.zeros(head.shape)
        for tissue, (T1_s, T2_s, PD) in TISSUES.items():
            signal = SIGNAL_EQUATIONS[equation](
                *(np.array([value]) for value in (T1_s, T2_s, PD, 1.0)), **PARAMETERS[equation]
            )
            image[head == tissue] = signal[0]
        noise = rng.standard_normal((2, *head.shape)) * image[head == "wm"][0] / snr
        found[name] = 137 * gain * np.hypot(image + noise[0], noise[1])
    return found


@pytest.mark.parametrize("given", [["flair", "mprage"], ["t2w"], ["pdw", "gre", "t1w"]])
def test_the_first_scan_of_the_list_has_the_grid_of_the_maps(given):
    model = shipped.open_model().reading(given)
    assert set(model.scans) == set(given) == set(model.contrasts)
    assert model.target == next(name for name in SCAN_KINDS if name in given)


def test_no_scan_is_an_error():
    with pytest.raises(ValueError, match="no scan"):
        shipped.open_model().reading([])


@pytest.mark.parametrize(
    "content, slot",
    [
        ({}, "mprage"),
        (MPRAGE, "mprage"),
        ({"ScanningSequence": "GR", "RepetitionTime": 0.02}, "spoiled_gradient_echo"),
        (T2W | {"RepetitionTime": 0.6, "EchoTime": 0.012}, "t1w_spin_echo"),
    ],
)
def test_a_T1w_scan_is_what_its_sidecar_says(content, slot):
    scans = {"t1w": scan(content, None)}
    assert shipped.open_model().reading(scans).for_scans(scans).slots == {"t1w": slot}


def test_a_FLAIR_given_as_T1w_is_named():
    scans = {"t1w": scan(FLAIR, None)}
    with pytest.raises(ValueError, match="None.nii.gz.*FLAIR.*its own name"):
        shipped.open_model().reading(scans).for_scans(scans)


def test_two_scans_of_one_kind_are_named():
    scans = {"mprage": scan(MPRAGE, "mprage"), "t1w": scan(MPRAGE, None)}
    with pytest.raises(ValueError, match="t1w is the same kind of scan as mprage"):
        shipped.open_model().reading(scans).for_scans(scans)


def test_it_is_told_what_the_sidecars_say_and_no_more():
    scans = {"mprage": scan(MPRAGE, "mprage"), "flair": scan({}, "flair")}
    told = shipped.open_model().reading(scans).for_scans(scans).told
    assert told["mprage"]["TI_s"] == 0.9 and told["mprage"]["field_strength_T"] == 3
    assert all(math.isnan(value) for value in told["flair"].values())


def test_the_nominal_TE_of_a_long_train_is_not_used_and_noted_instead_of_missed():
    scans = {"flair": scan(FLAIR | {"EchoTime": 0.39}, "flair")}
    model = shipped.open_model().reading(scans).for_scans(scans)
    known = model.protocol_of("flair", scans["flair"])
    assert "TE_s" not in known and known["TR_s"] == 9.0
    assert judge_protocol("flair", known, model, "flair.nii.gz") == []
    (note,) = (line for line in model.notes if "TE" in line)
    assert note.startswith("TE of flair (0.39 s) is the nominal one of a long echo train")


def test_a_TE_that_no_sidecar_gives_is_missed():
    scans = {"flair": scan({k: v for k, v in FLAIR.items() if k != "EchoTime"}, "flair")}
    model = shipped.open_model().reading(scans).for_scans(scans)
    known = model.protocol_of("flair", scans["flair"])
    (found,) = judge_protocol("flair", known, model, "flair.nii.gz")
    assert found["level"] == "warn" and "TE unknown" in found["problem"]
    assert not any("nominal" in line for line in model.notes)


def mapped(network, head, rng, kinds, contents):
    scans = {name: scan(contents[name], SCAN_KINDS[name].sequence) for name in kinds}
    model = network.reading(scans).for_scans(scans)
    brain = head != "air"
    inputs = model.normalise(images(head, kinds, rng), brain, None)
    maps_s, uncertainty_s = model.predict(inputs, brain, ["network"])
    return model.only_told(maps_s, uncertainty_s), uncertainty_s


def test_it_measures_T1_and_T2_of_a_simple_head(network, head, rng):
    kinds = {"mprage": "mprage", "flair": "flair", "t2w": "spin_echo"}
    contents = {"mprage": MPRAGE, "flair": FLAIR, "t2w": T2W}
    maps_s, uncertainty_s = mapped(network, head, rng, kinds, contents)
    for tissue in ("wm", "gm"):
        T1_s, T2_s, _ = TISSUES[tissue]
        there = head == tissue
        assert np.median(maps_s["T1"][there]) == pytest.approx(T1_s, rel=0.15)
        assert np.median(maps_s["T2"][there]) == pytest.approx(T2_s, rel=0.25)
        assert (uncertainty_s["T1"][there] > 0).all()
    assert not maps_s["T1"][head == "air"].any()


def test_units_of_the_scans_do_not_matter(network, head, rng):
    kinds = {"mprage": "mprage", "flair": "flair"}
    contents = {"mprage": MPRAGE, "flair": FLAIR}
    scans = {name: scan(contents[name], SCAN_KINDS[name].sequence) for name in kinds}
    model = network.reading(scans).for_scans(scans)
    brain = head != "air"
    once = images(head, kinds, rng)
    again = {
        name: image * factor for (name, image), factor in zip(once.items(), (7, 0.01), strict=True)
    }
    maps_s, others_s = (
        model.predict(model.normalise(each, brain, None), brain, ["network"])[0]
        for each in (once, again)
    )
    np.testing.assert_allclose(maps_s["T1"], others_s["T1"], rtol=1e-4)


def test_a_common_scale_is_that_of_the_first_slot_as_in_the_training(head, rng):
    kinds = {"t1w-se": "spin_echo", "flair": "flair"}
    scans = {"t1w-se": scan(T2W, "spin_echo"), "flair": scan(FLAIR, "flair")}
    model = shipped.open_model(common_scale=True).reading(scans).for_scans(scans)
    brain = head != "air"
    divided = model.normalise(images(head, kinds, rng), brain, None)
    assert np.median(divided["flair"][brain]) == pytest.approx(1, abs=1e-3)
    assert np.median(divided["t1w-se"][brain]) != pytest.approx(1, abs=1e-2)


def test_T2_is_told_by_a_T2w_scan_rather_than_by_an_MPRAGE(network, head, rng):
    tissue = np.isin(head, ["wm", "gm"])
    shares, halves_s = [], []
    for kinds in ({"mprage": "mprage"}, {"mprage": "mprage", "t2w": "spin_echo"}):
        contents = {"mprage": MPRAGE, "t2w": T2W}
        maps_s, uncertainty_s = mapped(network, head, rng, kinds, contents)
        shares.append((maps_s["T2"][tissue] > 0).mean())
        halves_s.append(np.median(uncertainty_s["T2"][tissue]))
    assert shares[0] < shares[1] and halves_s[0] > halves_s[1]


def test_unknown_numbers_widen_the_intervals(network, head, rng):
    kinds = {"mprage": "mprage"}
    _, known_s = mapped(network, head, rng, kinds, {"mprage": MPRAGE})
    _, unknown_s = mapped(network, head, rng, kinds, {"mprage": {}})
    tissue = np.isin(head, ["wm", "gm"])
    assert np.median(unknown_s["T1"][tissue]) > np.median(known_s["T1"][tissue])
