"""What a network must beat: the literature's tissue means, a dictionary, gradient boosting."""

import numpy as np
from scipy.spatial import cKDTree
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from contrast2map.any_protocol import encoding
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS
from contrast2map.teacher.tissues import LIFELIKE, TISSUES

FIELD = list(PROTOCOL_FIELDS).index("field_strength_T")
TYPICAL = (1.1, 0.082, 0.78)  # of the median brain voxel: T1, T2 (s) and PD
N_GRID = (36, 26, 9)  # T1, T2, PD of the dictionary
BOOSTED_VOXELS = 400  # per visit


def tissue_mean(batch):
    """The literature's T1 and T2 of the tissue that each voxel mostly contains, told the tissue."""
    maps_s = {name: np.ones(batch.mask.shape, np.float32) for name in ("T1", "T2")}
    for number in range(len(batch.mask)):
        field_T = np.nanmax(batch.protocol[number, :, FIELD])
        weight = (field_T - 1.5) / 1.5
        for name, (T1_low, T1_high, T2_low, T2_high, _) in LIFELIKE.items():
            here = batch.tissue[number] == TISSUES.index(name)
            if name == "lesion":
                here |= batch.tissue[number] >= len(TISSUES)  # lesions and blobs
            maps_s["T1"][number][here] = T1_low * (T1_high / T1_low) ** weight
            maps_s["T2"][number][here] = T2_low * (T2_high / T2_low) ** weight
    return maps_s


class Dictionary:
    """Voxel-wise match of the signal equations; each scan's gain from the brain's median.

    The median voxel of the brain is taken to be TYPICAL, because scans that are scaled
    individually do not distinguish a gain from the relaxation times of a whole person.

    Args:
        sequences: Dict mapping slot to equation and parameters, in the order of `SLOTS`.
        common_scale: Whether all scans of a visit were divided by the median of the first.
    """

    def __init__(self, sequences, common_scale=False):
        T1_s = np.geomspace(0.3, 5.0, N_GRID[0])
        T2_s = np.geomspace(0.02, 0.5, N_GRID[1])
        PD = np.linspace(0.6, 1.0, N_GRID[2])
        self.atoms = np.stack([each.ravel() for each in np.meshgrid(T1_s, T2_s, PD)], axis=-1)
        self.slots = [SLOTS.index(slot) for slot in sequences]
        levels = [_signal(*sequence, np.array([TYPICAL]))[0] for sequence in sequences.values()]
        if common_scale:
            levels = [levels[0]] * len(levels)
        signals = [
            _signal(*sequence, self.atoms) / level
            for sequence, level in zip(sequences.values(), levels, strict=True)
        ]
        self.tree = cKDTree(np.stack(signals, axis=-1))

    def __call__(self, batch):
        """T1 and T2 maps in seconds; images were divided by the brain's median already."""
        seen = batch.images[..., self.slots]
        found = self.atoms[self.tree.query(seen.reshape(-1, len(self.slots)))[1]]
        shape = batch.mask.shape
        return {"T1": found[:, 0].reshape(shape), "T2": found[:, 1].reshape(shape)}


def _signal(equation, parameters, tissues):
    """Signals of tissues, shape (n, 3): T1, T2 (s) and PD."""
    return SIGNAL_EQUATIONS[equation](*tissues.T, np.ones(len(tissues)), **parameters)


def _one_thread():
    """scikit-learn's threads busy-wait, which takes minutes on a machine that does other work."""
    return threadpool_limits(1, user_api="openmp")


class Boosting:
    """Gradient boosting of log T1 and log T2 on a voxel's signals and the protocol.

    Args:
        batches: Batches of the training's simulator, not of the evaluated heads.
        seed: Seed of the choice of voxels.
    """

    def __init__(self, batches, seed=0):
        rng = np.random.default_rng(seed)
        rows, T1_s, T2_s = [], [], []
        for batch in batches:
            features = self._features(batch)
            for number, mask in enumerate(batch.mask.astype(bool)):
                inside = np.flatnonzero(mask.ravel())
                if inside.size == 0:
                    continue
                voxels = rng.choice(inside, min(inside.size, BOOSTED_VOXELS), replace=False)
                rows.append(features[number].reshape(-1, features.shape[-1])[voxels])
                T1_s.append(batch.T1_s[number].ravel()[voxels])
                T2_s.append(batch.T2_s[number].ravel()[voxels])
        rows = np.concatenate(rows)
        self.trees = {
            name: HistGradientBoostingRegressor(
                loss="absolute_error", max_iter=200, max_leaf_nodes=63, random_state=seed
            )
            for name in ("T1", "T2")
        }
        with _one_thread():
            for name, times_s in (("T1", T1_s), ("T2", T2_s)):
                self.trees[name].fit(rows, np.log(np.concatenate(times_s)))

    @staticmethod
    def _features(batch):
        images, context = encoding.inputs_of(batch, list(PROTOCOL_FIELDS))
        numbers = np.broadcast_to(context[:, None, None], (*batch.mask.shape, context.shape[-1]))
        return np.concatenate([images, numbers], axis=-1)

    def __call__(self, batch):
        """T1 and T2 maps in seconds, in the mask."""
        features, mask = self._features(batch), batch.mask.astype(bool)
        maps_s = {}
        for name, trees in self.trees.items():
            maps_s[name] = np.ones(mask.shape)
            with _one_thread():
                maps_s[name][mask] = np.exp(trees.predict(features[mask]))
        return maps_s
