"""What an image shows, as a short text that is equal for equal images."""

import hashlib

import numpy as np

from contrast2map.imaging import grids, images


def of_image(image):
    """SHA-256 of an image's shape and values, hexadecimal.

    Compression, file name, stored type and the order of the axes leave it as it is: a scan that was
    stored as LPS and again as RAS has one fingerprint.

    Args:
        image: nibabel image of three axes with a regular affine.
    """
    values = images.values(grids.to_canonical(image))
    # Adding 0 turns -0 into 0.
    values = np.ascontiguousarray(values, dtype="<f4") + np.float32(0)
    digest = hashlib.sha256(repr(tuple(map(int, values.shape))).encode())
    digest.update(values.data)
    return digest.hexdigest()
