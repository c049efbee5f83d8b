"""The head of one simulated subject: from a template or BrainWeb, with lesions."""

import numpy as np

from contrast2map.anatomy import heads
from contrast2map.imaging import grids
from contrast2map.simulation import brainweb, lesions
from contrast2map.study import seeds


def draw(seed, subject, anatomy, n_lesions_mean, scan, path_to_brainweb_model=None):
    """Draw a head and its lesions.

    Args:
        seed: Seed of the study.
        subject: Subject label; each has a head of its own.
        anatomy: Section `simulation.anatomy` of the config.
        n_lesions_mean: Mean number of lesions of the subject's group.
        scan: Section `simulation.scan` of the config, whose field of view the head fills.
        path_to_brainweb_model: The discrete model, where `anatomy` says `source: brainweb`.

    Returns:
        head_anatomy.Head with lesions, and the number of the lesion in each voxel (x, y, z).

    Raises:
        ValueError: The BrainWeb model is none.
    """
    rng = seeds.generator(seed, "anatomy", subject)
    voxel_mm = anatomy["voxel_mm"]
    shape = heads.grid_shape(scan["matrix"], scan["voxel_mm"], voxel_mm)
    affine = grids.centred_affine(shape, [voxel_mm] * 3)

    if anatomy["source"] == "brainweb":
        head = with_deep_structures(brainweb.load_head(path_to_brainweb_model, shape, affine))
    else:
        head = heads.draw_icbm152_head(
            rng,
            shape,
            affine,
            size_sd=anatomy["size_sd"],
            displacement_sd_mm=anatomy["displacement_sd_mm"],
            displacement_smoothness_mm=anatomy["displacement_smoothness_mm"],
            fraction_sharpness=anatomy["fraction_sharpness"],
        )
    diameters_mm = lesions.draw_diameters_mm(rng, n_lesions_mean, **anatomy["lesion_diameter_mm"])
    distance_mm = lesions.distance_to_ventricles_mm(head.fractions["csf"], head.brain, voxel_mm)
    fraction, label = lesions.place_lesions(
        rng, head.fractions["wm"], distance_mm, voxel_mm, diameters_mm
    )
    return heads.with_lesions(head, fraction), label


def with_deep_structures(head, seed=1):
    """A head whose grey and white matter has given way to putamen and thalamus.

    Args:
        head: Head without them.
        seed: Seed of the registration of the template.

    Returns:
        Head with "putamen" and "thalamus" among its fractions.
    """
    from contrast2map.preprocessing import structures  # here, because ANTs takes 6 s to load

    t1_like = head.brain * (
        0.25 * head.fractions["csf"] + 0.65 * head.fractions["gm"] + head.fractions["wm"]
    )
    shares = structures.deep_structures_of(t1_like, head.affine, seed)
    shares = {name: np.clip(share, 0, 1) for name, share in shares.items()}
    return heads.Head(heads.with_structures(head.fractions, shares), head.brain, head.affine)
