"""Seeds of the training of the network of any protocol."""

import train_any_protocol


def test_a_continued_training_draws_other_patches_and_is_validated_on_the_same(tmp_path):
    network = tmp_path / "network.npz"
    seeds = [train_any_protocol.seeds_of(7, None)]
    for content in (b"one", b"two"):
        network.write_bytes(content)
        seeds.append(train_any_protocol.seeds_of(7, network))
    assert len({each["training"] for each in seeds}) == 3
    assert len({each["validation"] for each in seeds}) == 1
    assert seeds[2] == train_any_protocol.seeds_of(7, network)
