"""A session trains, keeps its network with what is known of it, and can start from another's."""

import dataclasses

import pytest

import law
from contrast2map.any_protocol import session, weights

SETTINGS = dataclasses.replace(law.TRAINING, n_steps=4, segment_steps=2, validation_segments=1)


def run(folder, start_from=None, slots=law.SLOTS, settings=SETTINGS):
    """Run a session; return the path of its network."""
    session.run(
        law.batches(3),
        [law.batch(9, 0)],
        {"slots": slots, "fields": law.FIELDS, "tissues": law.TISSUES},
        law.NETWORK,
        settings,
        seed=1,
        precision_wanted="float32",
        start_from=start_from,
        other_identity={},
        facts={},
        state_folder=folder,
        paths_to_tables=(folder / "log.csv", folder / "table.csv"),
        report=lambda line: None,
    )
    return folder / session.SO_FAR


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """Network of an earlier session."""
    return run(tmp_path_factory.mktemp("earlier"))


def test_a_network_knows_how_it_was_trained(earlier):
    facts = weights.load(earlier)[1]["facts"]
    assert (facts["n_steps"], facts["start_from"], facts["precision"]) == (4, None, "float32")


def test_a_training_starts_from_the_weights_of_another(tmp_path, earlier):
    still = dataclasses.replace(SETTINGS, learning_rate=0.0)
    continued = run(tmp_path, str(earlier), settings=still)
    model, head = weights.load(continued)
    before = weights.arrays(weights.load(earlier)[0])
    for name, values in weights.arrays(model).items():
        assert values == pytest.approx(before[name], abs=1e-6), name
    assert head["facts"]["start_from"] == earlier.name


def test_a_network_of_other_scans_is_no_start(tmp_path, earlier):
    with pytest.raises(ValueError, match=r"network\.npz: a network with other scans"):
        run(tmp_path, earlier, slots=law.SLOTS[::-1])


def test_a_continued_training_draws_other_patches_and_is_validated_on_the_same(tmp_path):
    network = tmp_path / "network.npz"
    seeds = [session.seeds_of(7, None)]
    for content in (b"one", b"two"):
        network.write_bytes(content)
        seeds.append(session.seeds_of(7, network))
    assert len({each["training"] for each in seeds}) == 3
    assert len({each["validation"] for each in seeds}) == 1
    assert seeds[2] == session.seeds_of(7, network)
