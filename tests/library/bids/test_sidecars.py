"""Sequence parameters come from the sidecars that apply to a scan, in seconds or not at all."""

import json

import pytest

from contrast2map.bids import dataset, sidecars
from contrast2map.study.terms import PARAMETER_NAMES
from small_cohort import SEQUENCES, SIDECARS

IMAGE = "sub-01/ses-1/anat/sub-01_ses-1_acq-mprage_run-1_T1w.nii.gz"


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    write(IMAGE, "")
    return write


def checked(root, contrast="mprage", sequences=SEQUENCES):
    protocol, findings = sidecars.check(root / IMAGE, root, contrast, sequences)
    return protocol.known(PARAMETER_NAMES), findings


def test_a_nearer_sidecar_overrides_those_above_it(write):
    write("T1w.json", {"EchoTime": 1, "FlipAngle": 1, "InversionTime": 1, "own": 1})
    write("acq-mprage_T1w.json", {"FlipAngle": 2, "InversionTime": 2, "own": 2})
    write("sub-01/sub-01_acq-mprage_T1w.json", {"InversionTime": 3, "own": 3})
    root = write(IMAGE.replace(".nii.gz", ".json"), {"own": 4})
    for other in ("acq-gre_T1w", "FLAIR", "sub-02_T1w", "run-2_T1w", "acq-mprage_run-1_T2w"):
        write(f"{other}.json", {"own": 5, other: 5})
    content, findings = sidecars.read(root / IMAGE, root)
    assert content == {"EchoTime": 1, "FlipAngle": 2, "InversionTime": 3, "own": 4}
    assert findings == []


def test_a_derivative_does_not_inherit_from_the_raw_dataset(write):
    write("T1map.json", {"Units": "ms"})
    write("derivatives/reference/T1map.json", {"Units": "s"})
    write("derivatives/reference/dataset_description.json", {})
    image = "derivatives/reference/sub-01/anat/sub-01_T1map.nii.gz"
    root = write(image, "")
    assert sidecars.read(root / image, root) == ({"Units": "s"}, [])


def test_an_image_outside_the_cohort_has_its_own_sidecar(write, tmp_path):
    root = write(IMAGE.replace(".nii.gz", ".json"), {"EchoTime": 1})
    (tmp_path / "elsewhere").mkdir()
    assert sidecars.read(root / IMAGE, tmp_path / "elsewhere")[0] == {"EchoTime": 1}


@pytest.mark.parametrize("contrast", ["mprage", "gre", "flair"])
def test_a_simulated_scan_has_the_protocol_of_the_config(write, default_config, contrast):
    sequences = {each["name"]: each["sequence"] for each in default_config["contrasts"]}
    root = write("T1w.json", dataset.sequence_sidecar(sequences[contrast], field_strength_T=3))
    found, findings = checked(root, contrast, sequences)
    assert findings == []
    assert found == {name: sequences[contrast][name] for name in found} and len(found) >= 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not a readable JSON sidecar"),
        ("", "not a readable JSON sidecar"),
        ("[1, 2]", "not a JSON object"),
        ("[" * 100_000, "not a readable JSON sidecar"),
        (b"\xff\xfe{\x00", "not a readable JSON sidecar"),
        ('{"EchoTime": ' + "9" * 5000 + "}", "not a readable JSON sidecar"),
    ],
)
def test_a_broken_sidecar_is_the_only_finding(write, text, words):
    found, findings = checked(write("acq-mprage_T1w.json", text))
    assert found == {} and [each["level"] for each in findings] == ["warn"]
    assert words in findings[0]["problem"] and findings[0]["file"].endswith("acq-mprage_T1w.json")


def test_a_byte_order_mark_is_accepted(write):
    text = "\ufeff" + json.dumps(SIDECARS["acq-mprage_T1w.json"])
    assert checked(write("T1w.json", text))[1] == []


def test_a_missing_sidecar_is_one_finding(write):
    found, findings = checked(write("participants.json", {}))
    assert found == {} and len(findings) == 1
    assert "TR, TE, TI" in findings[0]["problem"] and findings[0]["level"] == "warn"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("FlipAngle", 400, "FlipAngle is 400"),
        ("EchoTime", -1, "EchoTime is -1"),
        ("EchoTime", "2.93 ms", "not a number"),
        ("EchoTime", [0.001, 0.002], "not a number"),
        ("EchoTime", True, "not a number"),
        ("EchoTime", float("nan"), "not a number"),
        ("EchoTime", 10**400, "not a number"),
        ("EchoTime", {"a": "b" * 99}, "..., not a number"),
    ],
)
def test_an_impossible_value_is_a_finding_and_is_not_used(write, key, value, words):
    content = SIDECARS["acq-mprage_T1w.json"]
    found, findings = checked(write("T1w.json", content | {key: value}))
    assert len(found) == 3 and [each["level"] for each in findings] == ["warn"]
    assert words in findings[0]["problem"] and len(findings[0]["problem"]) < 200


@pytest.mark.parametrize(
    ("key", "value"),
    [("RepetitionTimePreparation", 1900), ("EchoTime", 2.93), ("InversionTime", 900)],
)
def test_milliseconds_are_converted_and_said(write, key, value):
    content = SIDECARS["acq-mprage_T1w.json"]
    found, findings = checked(write("T1w.json", content | {key: value}))
    assert found == pytest.approx({n: v for n, v in SEQUENCES["mprage"].items() if n != "type"})
    assert [each["level"] for each in findings] == ["warn"]
    assert f"{key} is {value}, apparently in milliseconds" in findings[0]["problem"]


def test_a_TR_between_excitations_is_a_finding_and_not_compared(write):
    content = {"RepetitionTime": 0.0071, "EchoTime": 0.00293, "InversionTime": 0.9}
    found, findings = checked(write("T1w.json", content))
    assert "TR_s" not in found and len(findings) == 1
    assert "add RepetitionTimePreparation" in findings[0]["remedy"]


def test_a_sidecar_that_describes_another_sequence_is_a_finding(write):
    content = SIDECARS["acq-gre_T1w.json"] | {"ScanningSequence": "SE", "FlipAngle": 20}
    _, findings = checked(write("T1w.json", content), "gre")
    assert [each["level"] for each in findings] == ["warn"]
    assert "spin echo, but the scan is given as spoiled gradient echo" in findings[0]["problem"]


def test_a_different_protocol_is_a_finding_with_both_values(write):
    content = SIDECARS["acq-mprage_T1w.json"]
    near = {"FlipAngle": 8, "InversionTime": 1.0, "EchoTime": 0.0045}
    assert checked(write("T1w.json", content | near))[1] == []
    _, findings = checked(write("T1w.json", content | {"FlipAngle": 12, "InversionTime": 1.1}))
    assert [each["level"] for each in findings] == ["warn"]
    assert "TI 1.1 instead of 0.9 s, flip angle 12 instead of 9 deg" in findings[0]["problem"]


@pytest.mark.parametrize("own", SEQUENCES)
@pytest.mark.parametrize("other", SEQUENCES)
def test_a_sidecar_of_another_contrast_fails(write, own, other):
    name = {"mprage": "acq-mprage_T1w", "gre": "acq-gre_T1w", "flair": "FLAIR"}[other]
    _, findings = checked(write("T1w.json", SIDECARS[f"{name}.json"]), own)
    if own == other:
        assert findings == []
    else:
        assert f"{other}, not {own}" in findings[-1]["problem"]
        assert findings[-1]["level"] == "fail"


@pytest.mark.parametrize("kind", ["mprage", "other"])
def test_a_sequence_of_which_only_the_type_is_configured_is_compared_with_nothing(write, kind):
    root = write("T1w.json", SIDECARS["acq-mprage_T1w.json"])
    found, findings = checked(root, sequences={"mprage": {"type": kind}})
    assert findings == [] and found["flip_angle_deg"] == 9


def test_a_scan_of_another_type_than_the_configured_one_is_a_finding(write):
    root = write("T1w.json", SIDECARS["FLAIR.json"] | {"ScanningSequence": ["SE", "IR"]})
    by_type = {"mprage": {"type": "mprage"}, "flair": {"type": "flair"}}
    _, findings = checked(root, sequences=by_type)
    assert {each["level"] for each in findings} == {"warn"}
    assert "describes the sequence FLAIR" in findings[-1]["problem"]
