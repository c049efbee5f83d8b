"""The section of the configuration is read completely, with units, and checked strictly."""

import copy

import pytest

from contrast2map.simulation.settings import Simulation


@pytest.fixture
def section(default_config):
    """The section, for a test to change."""
    return copy.deepcopy(default_config["simulation"])


def test_the_default_section_becomes_values(section):
    settings = Simulation.from_config(section)
    assert settings.tissues["gm"].T1_s == section["tissues"]["gm"]["T1_s"]
    assert settings.scan.grid_of("mprage").matrix == section["scan"]["matrix"]
    assert settings.reference_maps.grid.voxel_mm == section["reference_maps"]["voxel_mm"]
    assert settings.reference_maps.errors.ceiling_s == section["reference_maps"]["ceiling_s"]
    assert settings.anatomy.lesion_diameters.median_mm == 6.0


def test_groups_and_field_strength_do_not_change_a_subject(section):
    subject = {k: v for k, v in section.items() if k not in ("groups", "field_strength_T")}
    assert Simulation.from_config(subject) == Simulation.from_config(section)


PLACES = [
    (),
    ("anatomy",),
    ("anatomy", "lesion_diameter_mm"),
    ("tissues", "gm"),
    ("texture",),
    ("scan",),
    ("scan", "transmit_field"),
    ("scan", "gain"),
    ("scan", "movement"),
    ("reference_maps",),
]


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_key_is_an_error_that_names_it(section, place):
    inner = section
    for key in place:
        inner = inner[key]
    inner["misspelt"] = 1
    with pytest.raises(TypeError, match="misspelt"):
        Simulation.from_config(section)


@pytest.mark.parametrize(
    "place",
    [
        ("anatomy",),
        ("anatomy", "lesion_diameter_mm", "median"),
        ("tissues", "gm", "PD"),
        ("scan", "gain", "of"),
        ("reference_maps", "matrix"),
        ("reference_maps", "ceiling_s"),
    ],
)
def test_a_missing_section_or_key_is_an_error(section, place):
    inner = section
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    with pytest.raises((TypeError, KeyError)):
        Simulation.from_config(section)
