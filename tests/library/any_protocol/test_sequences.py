"""What the network for any protocol is told of a study's sequences."""

import pytest

from contrast2map.any_protocol.sequences import slot_and_numbers, slots_and_numbers


def sequence_of(config, name):
    return next(each["sequence"] for each in config["contrasts"] if each["name"] == name)


def test_the_default_contrasts_are_told_as_they_are_simulated(config):
    found = slots_and_numbers(config["contrasts"], ["flair", "mprage", "gre"], 3)
    assert list(found) == ["flair", "mprage", "spoiled_gradient_echo"]
    assert [name for name, _ in found.values()] == ["flair", "mprage", "gre"]
    flair, mprage = found["flair"][1], found["mprage"][1]
    assert flair["TE_s"] == sequence_of(config, "flair")["equivalent_TE_s"]
    assert mprage["echo_train_length"] == sequence_of(config, "mprage")["n_excitations"]
    assert mprage["field_strength_T"] == 3
    assert "inversion_efficiency" not in mprage


@pytest.mark.parametrize(
    ("TR_s", "TE_s", "slot"),
    [
        (0.6, 0.015, "t1w_spin_echo"),
        (4.5, 0.1, "t2w_spin_echo"),
        (2.5, 0.02, "pdw_spin_echo"),
        (1.35, 0.02, None),
    ],
)
def test_a_spin_echo_is_told_by_its_times(TR_s, TE_s, slot):
    sequence = {"type": "spin_echo", "TR_s": TR_s, "TE_s": TE_s}
    assert slot_and_numbers(sequence) == (slot, {"TR_s": TR_s, "TE_s": TE_s})


def test_two_contrasts_of_one_kind_are_refused(config):
    contrasts = [
        {"name": name, "sequence": sequence_of(config, "flair")} for name in ("flair", "again")
    ]
    with pytest.raises(ValueError, match="again is the same kind of scan as flair"):
        slots_and_numbers(contrasts, ["flair", "again"])
