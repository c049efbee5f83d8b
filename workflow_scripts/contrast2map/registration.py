"""Rigid and template registration with ANTs (Avants et al., Insight J 2009), repeatable.

ANTs adds up its metric in the order in which threads finish, and draws the voxels that it reads at
random. One thread and a fixed seed make it repeatable; parallel work is done subject by subject.
"""

import os

os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"

import ants  # noqa: E402
import numpy as np  # noqa: E402

# ITK's world is left-posterior-superior, NIfTI's right-anterior-superior.
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def register_rigid(target, moving, *, sampling_share, seed):
    """Rigid transform between two images of one head, by mutual information.

    Args:
        target: ANTsImage that stays.
        moving: ANTsImage that is brought to it.
        sampling_share: Share of the voxels that the metric reads, 0-1.
        seed: Seed of the choice of voxels.

    Returns:
        World-to-world matrix in RAS mm from the target's points to the moving image's, (4, 4).
    """
    ants.config.set_ants_deterministic(on=True, seed_value=seed)
    result = ants.registration(
        fixed=target,
        moving=moving,
        type_of_transform="Rigid",
        aff_metric="mattes",
        aff_sampling=32,
        aff_random_sampling_rate=sampling_share,
        aff_iterations=(200, 100, 20),
        aff_shrink_factors=(4, 2, 1),
        aff_smoothing_sigmas=(2, 1, 0),
        singleprecision=False,
    )
    path = result["fwdtransforms"][0]
    matrix = matrix_of(ants.read_transform(path))
    for temporary in {*result["fwdtransforms"], *result["invtransforms"]}:
        os.remove(temporary)
    return matrix


def matrix_of(transform):
    """World-to-world matrix (RAS, mm) of an ANTs affine transform, shape (4, 4)."""
    linear = np.reshape(transform.parameters[:9], (3, 3))
    centre = np.asarray(transform.fixed_parameters)
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    matrix[:3, 3] = transform.parameters[9:] + centre - linear @ centre
    return LPS_TO_RAS @ matrix @ LPS_TO_RAS


def transform_of(matrix):
    """ANTs affine transform of a world-to-world matrix (RAS, mm); the inverse of `matrix_of`."""
    lps = LPS_TO_RAS @ matrix @ LPS_TO_RAS
    return ants.create_ants_transform(
        transform_type="AffineTransform",
        dimension=3,
        precision="double",
        matrix=lps[:3, :3],
        translation=lps[:3, 3],
    )


def apply(matrix, moving, target, interpolation):
    """A moving image on the target's grid.

    Args:
        matrix: World-to-world matrix from the target's points to the moving image's, (4, 4).
        moving: ANTsImage.
        target: ANTsImage whose grid is taken.
        interpolation: "linear", "bSpline" or "nearestNeighbor"; 0 beyond the moving image.

    Returns:
        ANTsImage.
    """
    return transform_of(matrix).apply_to_image(moving, target, interpolation.lower())


def to_ants(values, affine):
    """An array with its RAS voxel-to-world matrix as a float32 ANTsImage."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    lps = LPS_TO_RAS @ affine
    return ants.from_numpy(
        np.asarray(values, np.float32),
        origin=lps[:3, 3].tolist(),
        spacing=spacing.tolist(),
        direction=lps[:3, :3] / spacing,
    )


def register_template(target, template, labels, *, seed):
    """Labels of a template on the grid of another brain, by affine and SyN registration.

    Args:
        target: ANTsImage of a brain without its skull.
        template: ANTsImage of the template, likewise.
        labels: Dict of name to ANTsImage in 0-1 on the template's grid.
        seed: Seed of the choice of voxels.

    Returns:
        Dict of name to float32 share on the target's grid.
    """
    ants.config.set_ants_deterministic(on=True, seed_value=seed)
    result = ants.registration(
        fixed=target,
        moving=template,
        type_of_transform="SyN",
        syn_metric="mattes",
        aff_random_sampling_rate=0.3,
        aff_iterations=(200, 100, 50, 0),
        reg_iterations=(20, 10, 0),
    )
    moved = {
        name: ants.apply_transforms(target, label, result["fwdtransforms"]).numpy()
        for name, label in labels.items()
    }
    for temporary in {*result["fwdtransforms"], *result["invtransforms"]}:
        if os.path.exists(temporary):
            os.remove(temporary)
    return moved
