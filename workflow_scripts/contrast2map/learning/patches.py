"""Random patches of slices for training, determined by seed and epoch."""

import keras
import numpy as np


class Patches(keras.utils.PyDataset):
    """Batches of randomly cropped and flipped patches, at most one per slice and epoch.

    Args:
        images: Normalised images, float32 (slice, height, width, contrast), in memory or mapped.
        maps: Scaled maps, float32 (slice, height, width, quantity), in memory or mapped.
        patch_size: Height and width of a patch in voxels.
        batch_size: Patches per batch. Slices that do not fill a last batch are omitted from the
            epoch.
        seed: Seed of order, positions, flips and persons.
        new_persons: new_persons.NewPersons that turns each slice into another person's in each
            epoch, or None.

    Raises:
        ValueError: The slices are smaller than a patch or fewer than a batch.
    """

    def __init__(self, images, maps, patch_size, batch_size, seed, new_persons=None):
        super().__init__()
        for name, size, wanted in zip(("high", "wide"), images.shape[1:3], patch_size, strict=True):
            if size < wanted:
                raise ValueError(
                    f"training.patch_size: slices are {size} voxels {name}, patches {wanted}; "
                    "lower it"
                )
        if len(images) < batch_size:
            raise ValueError(
                f"training.batch_size: {batch_size} exceeds the {len(images)} slices; lower it"
            )
        self.images, self.maps = images, maps
        self.patch_size, self.batch_size, self.seed = patch_size, batch_size, seed
        self.new_persons = new_persons
        self.begin(epoch=0)

    def __len__(self):
        return len(self.images) // self.batch_size

    def begin(self, epoch):
        """Draw order, positions and flips of an epoch, independently of earlier epochs.

        Keras' own `on_epoch_end` gets no epoch number and is also called before the first epoch.
        """
        rng = np.random.default_rng([self.seed, epoch])
        n_slices, height, width, _ = self.images.shape
        self.epoch = epoch
        self.order = rng.permutation(n_slices)
        self.top = rng.integers(0, height - self.patch_size[0] + 1, n_slices)
        self.left = rng.integers(0, width - self.patch_size[1] + 1, n_slices)
        self.flips = rng.integers(0, 2, (n_slices, 2)).astype(bool)

    def __getitem__(self, index):
        start = index * self.batch_size
        chosen = self.order[start : start + self.batch_size]
        batches = [
            np.empty((len(chosen), *self.patch_size, source.shape[-1]), np.float32)
            for source in (self.images, self.maps)
        ]
        for number, index in enumerate(chosen):
            for batch, source in zip(batches, self._slice(index), strict=True):
                batch[number] = self._cut(source, index)
        return tuple(batches)

    def _slice(self, index):
        """Images and maps of a slice in this epoch."""
        images, maps = self.images[index], self.maps[index]
        if self.new_persons is None:
            return images, maps
        rng = np.random.default_rng([self.seed, self.epoch, int(index)])
        return self.new_persons.draw(rng, images, maps)

    def _cut(self, source, index):
        height, width = self.patch_size
        top, left = self.top[index], self.left[index]
        upside_down, mirrored = self.flips[index]
        cut = source[top : top + height, left : left + width]
        return cut[:: -1 if upside_down else 1, :: -1 if mirrored else 1]
