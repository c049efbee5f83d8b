"""Fingerprint of an image's content: equal images have equal fingerprints."""

import hashlib

import numpy as np

from contrast2map.imaging import grids, images


def of_image(image):
    """SHA-256 of an image's shape and values, hexadecimal.

    It does not depend on compression, file name, data type or order of the axes: a scan stored as
    LPS has the same fingerprint as the same scan stored as RAS.

    Args:
        image: nibabel image with three axes and a regular affine.
    """
    values = images.values(grids.to_canonical(image))
    # Adding 0 turns -0 into 0.
    values = np.ascontiguousarray(values, dtype="<f4") + np.float32(0)
    digest = hashlib.sha256(repr(tuple(map(int, values.shape))).encode())
    digest.update(values.data)
    return digest.hexdigest()
