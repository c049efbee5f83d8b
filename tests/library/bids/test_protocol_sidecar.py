"""A protocol is read as its vendor means it, or is unknown; a wrong TR is never passed on."""

import math

import pytest

from contrast2map.bids.protocol_sidecar import (
    KINDS,
    ScanProtocol,
    numbers_of,
    read_protocol,
    slot_of,
)
from contrast2map.imaging.protocol import PROTOCOL_FIELDS

# As dcm2niix writes them for scanners of three vendors; only the keys that matter.
SIEMENS = {
    "Modality": "MR",
    "MagneticFieldStrength": 3,
    "Manufacturer": "Siemens",
    "ManufacturersModelName": "Prisma",
    "MRAcquisitionType": "3D",
    "ScanningSequence": "GR\\IR",
    "SequenceVariant": "SK\\SP\\MP",
    "ScanOptions": "IR\\WE",
    "SequenceName": "*tfl3d1_16ns",
    "EchoTime": 0.00256,
    "RepetitionTime": 3,
    "InversionTime": 1.1,
    "FlipAngle": 7,
}
GE = {
    "Modality": "MR",
    "MagneticFieldStrength": 3,
    "Manufacturer": "GE",
    "ManufacturersModelName": "DISCOVERY_MR750",
    "MRAcquisitionType": "3D",
    "ScanningSequence": "GR",
    "SequenceVariant": "SS_SP_SK",
    "ScanOptions": "FAST_GEMS_EDR_GEMS_FILTERED_GEMS",
    "EchoTime": 0.001748,
    "RepetitionTime": 0.004028,
    "InversionTime": 1,
    "FlipAngle": 9,
}
PHILIPS = {
    "Modality": "MR",
    "MagneticFieldStrength": 3,
    "Manufacturer": "Philips",
    "ManufacturersModelName": "Achieva",
    "MRAcquisitionType": "3D",
    "ScanningSequence": "GR",
    "SequenceVariant": "MP",
    "EchoTime": 0.0037,
    "RepetitionTime": 0.0081,
    "FlipAngle": 8,
}
# By hand, as in datasets on OpenNeuro.
PHILIPS_BY_HAND = {
    "RepetitionTime": 2.5,
    "EchoTime": 0.0057,
    "InversionTime": 0.9,
    "FlipAngle": 8,
    "PulseSequenceType": "3D turbo field echo (TFE)",
    "Manufacturer": "Philips Medical Systems",
    "MagneticFieldStrength": 3,
}
SIEMENS_FLAIR = {
    "Manufacturer": "SIEMENS",
    "ScanningSequence": ["SE", "IR"],
    "SequenceVariant": ["SK", "SP", "MP"],
    "EchoTime": 0.388,
    "RepetitionTime": 5,
    "InversionTime": 1.8,
    "EchoTrainLength": 251,
    "FlipAngle": 120,
}
GE_TSE = {
    "Manufacturer": "GE MEDICAL SYSTEMS",
    "ScanningSequence": "SE",
    "SequenceVariant": "SK",
    "EchoTime": 0.102,
    "RepetitionTime": 6.2,
    "EchoTrainLength": 24,
    "FlipAngle": 142,
}
PHILIPS_FLAIR = {
    "Manufacturer": "Philips",
    "ScanningSequence": "IR",
    "EchoTime": 0.125,
    "RepetitionTime": 11,
    "InversionTime": 2.8,
    "EchoTrainLength": 27,
}


def problems(protocol):
    return {note.parameter: note.problem for note in protocol.notes}


def test_a_siemens_mprage_has_its_interval_between_inversions():
    protocol = read_protocol(SIEMENS)
    assert protocol.notes == () and not protocol.is_contradicted
    assert (protocol.kind, protocol.manufacturer) == ("mprage", "Siemens")
    assert (protocol.TR_s, protocol.TI_s, protocol.TE_s) == (3, 1.1, 0.00256)
    assert (protocol.flip_angle_deg, protocol.field_strength_T) == (7, 3)


@pytest.mark.parametrize("content", [GE, PHILIPS])
@pytest.mark.parametrize("kind", [None, "mprage"])
def test_the_echo_spacing_of_ge_and_philips_is_not_TR(content, kind):
    protocol = read_protocol(content, kind)
    assert protocol.kind == "mprage" and protocol.TR_s is None
    assert protocol.echo_spacing_s == content["RepetitionTime"]
    assert (
        f"{content['RepetitionTime']:g} s, the interval between excit" in problems(protocol)["TR_s"]
    )
    (note,) = protocol.notes
    assert "RepetitionTimePreparation" in note.remedy
    assert protocol.TE_s == content["EchoTime"] and protocol.TI_s == content.get("InversionTime")


@pytest.mark.parametrize("content", [GE, PHILIPS])
def test_bids_key_of_the_interval_between_inversions_comes_first(content):
    protocol = read_protocol(content | {"RepetitionTimePreparation": 2.3})
    assert protocol.TR_s == 2.3 and protocol.notes == ()
    given = content | {"RepetitionTimePreparation": 2.3, "RepetitionTimeExcitation": 0.0042}
    assert read_protocol(given).echo_spacing_s == 0.0042


def test_a_TR_written_by_hand_is_judged_by_its_size():
    protocol = read_protocol(PHILIPS_BY_HAND, "mprage")
    assert protocol.TR_s == 2.5 and protocol.manufacturer == "Philips" and protocol.notes == ()


def test_a_swapped_name_of_an_older_converter_is_not_believed():
    # dcm2niix issue 680
    content = SIEMENS | {"RepetitionTime": 0.9, "RepetitionTimeInversion": 0.00574}
    assert read_protocol(content).TR_s is None


def test_a_repetition_time_of_seven_is_read_only_where_its_unit_is_known():
    assert read_protocol(GE | {"RepetitionTime": 7.1}).TR_s is None
    assert "milliseconds" in problems(read_protocol(GE | {"RepetitionTime": 7.1}))["TR_s"]
    assert read_protocol(SIEMENS | {"RepetitionTime": 7.1}).TR_s == 7.1  # as of an MP2RAGE
    assert read_protocol(GE | {"RepetitionTimePreparation": 7.1}).TR_s == 7.1
    # The other times are in milliseconds, so this one may be too.
    in_ms = {"RepetitionTime": 7.1, "EchoTime": 2.9, "InversionTime": 450}
    found = read_protocol(SIEMENS | in_ms)
    assert found.TR_s is None and found.TE_s == 0.0029 and found.TI_s == 0.45


def test_milliseconds_are_converted_where_they_cannot_be_seconds():
    in_ms = {"RepetitionTime": 2300, "EchoTime": 2.98, "InversionTime": 900}
    protocol = read_protocol(SIEMENS | in_ms)
    assert (protocol.TR_s, protocol.TI_s) == (2.3, 0.9)
    assert protocol.TE_s == pytest.approx(0.00298)
    assert set(problems(protocol)) == {"TR_s", "TI_s", "TE_s"}
    assert all("apparently in milliseconds" in each for each in problems(protocol).values())
    assert "read as 2.3 s" in problems(protocol)["TR_s"]


def test_a_gradient_echo_in_milliseconds():
    gre = {"ScanningSequence": "GR", "RepetitionTime": 25, "EchoTime": 4.6, "FlipAngle": 30}
    protocol = read_protocol(gre)
    assert (protocol.kind, protocol.TR_s, protocol.TE_s) == ("spoiled_gradient_echo", 0.025, 0.0046)
    # 2 may be seconds or milliseconds, and the echo time is in milliseconds.
    assert read_protocol(gre | {"RepetitionTime": 2, "EchoTime": 0.9}).TR_s is None


@pytest.mark.parametrize(
    ("changes", "parameter", "words"),
    [
        ({"EchoTime": 0.037}, "TE_s", "EchoTime is 0.037 s, implausible for an MPRAGE"),
        ({"EchoTime": -1}, "TE_s", "implausible"),
        ({"EchoTime": [0.0017, 0.0035]}, "TE_s", "not a number"),
        ({"EchoTime": math.nan}, "TE_s", "not a number"),
        ({"InversionTime": 0}, "TI_s", "implausible"),
        ({"FlipAngle": 0.157}, "flip_angle_deg", "radians"),
        ({"FlipAngle": 400}, "flip_angle_deg", "400"),
        ({"NumberShots": 0}, "echo_train_length", "not a number of echoes"),
        ({"NumberShots": [88, "88"]}, "echo_train_length", "not a number"),
        ({"MagneticFieldStrength": 300}, "field_strength_T", "implausible"),
        ({"RepetitionTime": 0.9}, "TR_s", "does not exceed TI"),
        ({"RepetitionTime": 90}, "TR_s", "interval between excitations"),
        ({"RepetitionTime": 60000}, "TR_s", "implausible"),
    ],
)
def test_a_value_that_cannot_be_is_unknown_and_said(changes, parameter, words):
    protocol = read_protocol(SIEMENS | changes)
    assert getattr(protocol, parameter) is None
    notes = [note for note in protocol.notes if note.parameter == parameter]
    assert any(words in note.problem for note in notes) and all(note.remedy for note in notes)
    assert all("\n" not in note.problem and len(note.problem) < 200 for note in notes)


def test_where_TR_and_TI_contradict_each_other_neither_is_used():
    protocol = read_protocol(SIEMENS | {"RepetitionTime": 0.9})
    assert protocol.TR_s is None and protocol.TI_s is None


def test_gauss_are_converted():
    protocol = read_protocol(SIEMENS | {"MagneticFieldStrength": 15000})
    assert protocol.field_strength_T == 1.5 and "gauss" in problems(protocol)["field_strength_T"]


@pytest.mark.parametrize(
    ("content", "kind", "TR_s"),
    [(SIEMENS_FLAIR, "flair", 5), (PHILIPS_FLAIR, "flair", 11), (GE_TSE, "fast_spin_echo", 6.2)],
)
def test_repetition_times_of_spin_echoes_mean_the_same_for_all_vendors(content, kind, TR_s):
    protocol = read_protocol(content)
    assert (protocol.kind, protocol.TR_s, protocol.notes) == (kind, TR_s, ())
    assert protocol.echo_train_length == content["EchoTrainLength"]
    assert protocol.TE_s == content["EchoTime"] and protocol.echo_spacing_s is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"ScanningSequence": "MPRAGE"}, "mprage"),
        ({"ScanningSequence": "GR", "InversionTime": 0}, "spoiled_gradient_echo"),
        ({"ScanningSequence": "SE"}, "spin_echo"),
        ({"ScanningSequence": "SE_IR", "InversionTime": 0.85}, None),  # T1-weighted FLAIR
        ({"ScanningSequence": "EP\\GR"}, None),
        ({}, None),
    ],
)
def test_the_kind_of_sequence_is_taken_from_the_sidecar(content, kind):
    protocol = read_protocol(content)
    assert protocol.kind == kind and (kind is None or kind in KINDS) and protocol.notes == ()


def test_an_empty_sidecar_gives_nothing():
    assert read_protocol({}) == ScanProtocol()
    assert read_protocol({}).known(("TR_s", "TE_s")) == {}


def test_a_scan_given_as_another_kind_is_recognised():
    assert read_protocol(SIEMENS, "flair").is_contradicted
    assert read_protocol(GE, "spoiled_gradient_echo").is_contradicted
    assert not read_protocol({"ScanningSequence": "SE"}, "fast_spin_echo").is_contradicted
    assert not read_protocol({}, "flair").is_contradicted


@pytest.mark.parametrize("shots", [176, [88, 88]])
def test_the_excitations_of_an_mprage_are_not_its_echo_train(shots):
    assert read_protocol(SIEMENS | {"EchoTrainLength": 1}).echo_train_length is None
    assert read_protocol(SIEMENS | {"NumberShots": shots}).echo_train_length == 176


SE = {"ScanningSequence": "SE"}


@pytest.mark.parametrize(
    ("content", "slot"),
    [
        (SIEMENS, "mprage"),
        (GE, "mprage"),
        (PHILIPS_FLAIR, "flair"),
        ({"ScanningSequence": "GR", "RepetitionTime": 0.025}, "spoiled_gradient_echo"),
        (GE_TSE, "t2w_spin_echo"),
        (SE | {"RepetitionTime": 0.6, "EchoTime": 0.012}, "t1w_spin_echo"),
        (SE | {"RepetitionTime": 2.5, "EchoTime": 0.015}, "pdw_spin_echo"),
        (SE | {"RepetitionTime": 1.3, "EchoTime": 0.015}, None),
        (SE | {"EchoTime": 0.015}, None),
        (SE, None),
        ({}, None),
    ],
)
def test_the_slot_of_a_scan(content, slot):
    assert slot_of(read_protocol(content)) == slot


def test_the_numbers_of_a_slot_have_every_field_and_no_nominal_echo_time():
    numbers = numbers_of(read_protocol(GE))
    assert list(numbers) == list(PROTOCOL_FIELDS)
    assert math.isnan(numbers["TR_s"]) and numbers["echo_spacing_s"] == 0.004028
    assert (numbers["TI_s"], numbers["field_strength_T"]) == (1, 3)
    space, plain = read_protocol(SIEMENS_FLAIR), read_protocol(PHILIPS_FLAIR)
    assert space.TE_s == 0.388 and math.isnan(numbers_of(space)["TE_s"])
    assert numbers_of(plain)["TE_s"] == 0.125
    assert all(math.isnan(value) for value in numbers_of(read_protocol({})).values())
