"""Rigid movements of the head as 4 x 4 matrices in RAS millimetres."""

import numpy as np


def rigid_matrix(rotation_deg, translation_mm, centre_mm):
    """Rotation about a centre, followed by a translation.

    Args:
        rotation_deg: Angles about the fixed x, y and z axes, right-handed, applied in this order,
            shape (3,).
        translation_mm: Translation along x, y and z, shape (3,).
        centre_mm: Centre of rotation, shape (3,).

    Returns:
        Matrix that maps homogeneous points before the movement to points after it, shape (4, 4).
    """
    x, y, z = np.deg2rad(np.asarray(rotation_deg, dtype=float))
    about_x = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_z = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    centre_mm = np.asarray(centre_mm, dtype=float)

    matrix = np.eye(4)
    matrix[:3, :3] = np.array(about_z) @ about_y @ about_x
    matrix[:3, 3] = centre_mm - matrix[:3, :3] @ centre_mm + np.asarray(translation_mm, dtype=float)
    return matrix


def random_movement(rng, rotation_sd_deg, translation_sd_mm, centre_mm):
    """Movement with independent, normally distributed angles and translations.

    Args:
        rng: NumPy random generator.
        rotation_sd_deg: SD of the angle about each axis.
        translation_sd_mm: SD of the translation along each axis.
        centre_mm: Centre of rotation, shape (3,).

    Returns:
        Matrix of `rigid_matrix`, shape (4, 4).
    """
    rotation_deg = rng.normal(0.0, rotation_sd_deg, 3)
    translation_mm = rng.normal(0.0, translation_sd_mm, 3)
    return rigid_matrix(rotation_deg, translation_mm, centre_mm)


def rms_displacement_mm(estimated, true, centre_mm, radius_mm=50):
    """Root mean square distance between the images of a sphere under two transforms.

    Source: Jenkinson, Measuring transformation error by RMS deviation, FMRIB technical report
    TR99MJ1 (1999). With A and t the linear part and the translation of the difference,

        RMS^2 = radius^2 / 5 trace(A^T A) + |t + A centre|^2

    Args:
        estimated: Affine matrix in mm, shape (4, 4).
        true: Affine matrix in mm between the same spaces in the same direction, shape (4, 4).
        centre_mm: Centre of the sphere in the source space of both, shape (3,).
        radius_mm: Radius of the sphere.
    """
    difference = np.asarray(estimated, dtype=float) - np.asarray(true, dtype=float)
    A = difference[:3, :3]
    at_centre_mm = difference[:3, 3] + A @ np.asarray(centre_mm, dtype=float)
    return float(np.sqrt(radius_mm**2 / 5 * np.trace(A.T @ A) + at_centre_mm @ at_centre_mm))


def errors_of_scans(estimated, true, centre_mm):
    """Errors of the estimated head movements between scans.

    Args:
        estimated: Dict mapping scan to matrix, shape (4, 4).
        true: Dict mapping scan to the matrix of its true movement.
        centre_mm: Centre of the brain, shape (3,).

    Returns:
        List of (scan, error in mm, true movement in mm) of the scans that moved.
    """
    return [
        (
            scan,
            rms_displacement_mm(matrix, true[scan], centre_mm),
            rms_displacement_mm(np.eye(4), true[scan], centre_mm),
        )
        for scan, matrix in estimated.items()
        if not np.allclose(true[scan], np.eye(4))
    ]
