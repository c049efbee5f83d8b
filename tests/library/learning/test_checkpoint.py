"""The state of a training survives kills of the process and damage to the file."""

from pathlib import Path

import numpy as np
import pytest

from contrast2map.learning.checkpoint import LOCK, Checkpoint, State, clear_finished

CONFIGURATION = {"training": {"learning_rate": 1e-3, "batch_size": 8}, "seed": 7, "data": "0" * 64}
ROWS = [["1", "0.001", "0.5"], ["2", "0.001", "0.4"]]


@pytest.fixture
def state(rng):
    return State(
        2,
        [rng.normal(size=(3, 3)).astype(np.float32), np.float32(rng.normal(size=2))],
        [np.int64(40), rng.normal(size=(3, 3)).astype(np.float32)],
        ROWS,
    )


@pytest.fixture
def checkpoint(tmp_path):
    return Checkpoint(tmp_path / "network" / "fold_0", CONFIGURATION)


def test_a_saved_state_is_loaded_bit_by_bit(checkpoint, state):
    checkpoint.save(state)
    loaded, words = checkpoint.load()
    assert loaded.epoch == 2 and loaded.rows == ROWS and "after epoch 2" in words
    for name in ("weights", "optimiser"):
        for mine, theirs in zip(getattr(loaded, name), getattr(state, name), strict=True):
            assert mine.dtype == np.asarray(theirs).dtype
            np.testing.assert_array_equal(mine, theirs)


def test_more_than_ten_arrays_keep_their_order(checkpoint, state):
    many = [np.float32(number) for number in range(25)]
    checkpoint.save(state._replace(weights=many))
    assert checkpoint.load()[0].weights == many


def test_the_last_state_replaces_the_one_before(checkpoint, state):
    checkpoint.save(state)
    checkpoint.save(state._replace(epoch=3))
    assert checkpoint.load()[0].epoch == 3
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["state.npz"]


def test_without_a_checkpoint_nothing_is_reported(checkpoint):
    assert checkpoint.load() == (None, None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"training": {"learning_rate": 1e-4, "batch_size": 8}},
            "training.learning_rate was 0.001, is 0.0001",
        ),
        ({"seed": 8}, "seed was 7, is 8"),
        ({"data": "1" * 64}, "data was 00000000..., is 11111111..."),
        ({"unet": {"n_filters": 8}}, "unet was None, is {'n_filters': 8}"),
    ],
)
def test_a_checkpoint_of_another_training_is_refused_with_the_difference(
    checkpoint, state, changed, words
):
    checkpoint.save(state)
    other = Checkpoint(checkpoint.path.parent, CONFIGURATION | changed)
    loaded, said = other.load()
    assert loaded is None
    assert str(other.path) in said and words in said and "from the beginning" in said


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_a_damaged_checkpoint_is_not_resumed(checkpoint, state, kept):
    checkpoint.save(state)
    whole = checkpoint.path.read_bytes()
    length = kept if kept >= 1 or kept == 0 else int(kept * len(whole))
    checkpoint.path.write_bytes(whole[:length])
    loaded, said = checkpoint.load()
    assert loaded is None and str(checkpoint.path) in said and "unreadable" in said


def test_a_failed_save_leaves_the_previous_state(checkpoint, state, monkeypatch):
    checkpoint.save(state)

    def fail(number):
        raise OSError("no space left on device")

    monkeypatch.setattr("contrast2map.learning.checkpoint.os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        checkpoint.save(state._replace(epoch=3))
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["state.npz"]
    assert checkpoint.load()[0].epoch == 2


def test_the_remains_of_a_killed_save_are_removed(checkpoint, state):
    checkpoint.save(state)
    (checkpoint.path.parent / ".checkpoint-half").write_bytes(b"half")
    assert checkpoint.load()[0].epoch == 2
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["state.npz"]


def test_only_finished_trainings_lose_their_checkpoints(tmp_path, state):
    for fold in ("fold_0", "fold_1"):
        folder = tmp_path / "checkpoints" / "network_a" / fold
        Checkpoint(folder, CONFIGURATION).save(state)
        (folder / LOCK).touch()
    (tmp_path / "training" / "network_a" / "fold_1").mkdir(parents=True)
    (tmp_path / "training" / "network_a" / "fold_1" / "model.keras").touch()
    clear_finished(tmp_path / "checkpoints", tmp_path / "training")
    left = [path for path in (tmp_path / "checkpoints").rglob("*") if path.is_file()]
    assert sorted(path.relative_to(tmp_path / "checkpoints/network_a") for path in left) == [
        Path("fold_0/state.npz"),
        Path("fold_0/training.lock"),
    ]
    assert not (tmp_path / "checkpoints" / "network_a" / "fold_1").exists()


def test_a_folder_without_checkpoints_is_removed(tmp_path, state):
    Checkpoint(tmp_path / "checkpoints" / "a" / "fold_0", CONFIGURATION).save(state)
    (tmp_path / "training" / "a" / "fold_0").mkdir(parents=True)
    (tmp_path / "training" / "a" / "fold_0" / "model.keras").touch()
    for _ in range(2):  # the second time the folder is gone
        clear_finished(tmp_path / "checkpoints", tmp_path / "training")
        assert not (tmp_path / "checkpoints").exists()
