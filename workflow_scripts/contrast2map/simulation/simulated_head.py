"""The head of one simulated subject: from a template or BrainWeb, with lesions."""

from dataclasses import dataclass

import numpy as np

from contrast2map.anatomy import heads
from contrast2map.imaging import grids
from contrast2map.simulation import brainweb, lesions
from contrast2map.study import seeds


@dataclass(frozen=True)
class Anatomy:
    """Settings for drawing heads.

    Attributes:
        source: "icbm152" (deformed templates) or "brainweb".
        voxel_mm: Edge of the isotropic voxels of the head.
        size_sd: SD of the relative size along each axis; this and the next three apply to "icbm152"
            only.
        displacement_sd_mm: SD of the random diffeomorphism's displacement.
        displacement_smoothness_mm: SD of the Gaussian kernel that smooths the displacement.
        fraction_sharpness: Exponent of the tissue probabilities.
        lesion_diameters: lesions.LesionDiameters.
    """

    source: str
    voxel_mm: float
    size_sd: float
    displacement_sd_mm: float
    displacement_smoothness_mm: float
    fraction_sharpness: float
    lesion_diameters: lesions.LesionDiameters

    @classmethod
    def from_config(cls, section):
        """Settings from `simulation.anatomy`, without the folder of BrainWeb models."""
        values = dict(section)
        values.pop("brainweb_folder")
        diameters = lesions.LesionDiameters.from_config(values.pop("lesion_diameter_mm"))
        return cls(**values, lesion_diameters=diameters)


def draw(seed, subject, anatomy, n_lesions_mean, field_of_view, path_to_brainweb_model=None):
    """Draw a head and its lesions.

    Args:
        seed: Seed of the study.
        subject: Subject label; each subject has its own head.
        anatomy: Anatomy.
        n_lesions_mean: Mean number of lesions in the subject's group.
        field_of_view: CentredGrid of the scans; the head's grid covers it.
        path_to_brainweb_model: File of the discrete model, if the anatomy's source is "brainweb".

    Returns:
        heads.Head with lesions, and the number of the lesion in each voxel (x, y, z).

    Raises:
        ValueError: The file is not a BrainWeb model.
    """
    rng = seeds.generator(seed, "anatomy", subject)
    voxel_mm = anatomy.voxel_mm
    shape = heads.grid_shape(field_of_view.matrix, field_of_view.voxel_mm, voxel_mm)
    affine = grids.centred_affine(shape, [voxel_mm] * 3)

    if anatomy.source == "brainweb":
        head = with_deep_structures(brainweb.load_head(path_to_brainweb_model, shape, affine))
    else:
        head = heads.draw_icbm152_head(
            rng,
            shape,
            affine,
            size_sd=anatomy.size_sd,
            displacement_sd_mm=anatomy.displacement_sd_mm,
            displacement_smoothness_mm=anatomy.displacement_smoothness_mm,
            fraction_sharpness=anatomy.fraction_sharpness,
        )
    diameters_mm = lesions.draw_diameters_mm(rng, n_lesions_mean, anatomy.lesion_diameters)
    distance_mm = lesions.distance_to_ventricles_mm(head.fractions["csf"], head.brain, voxel_mm)
    fraction, label = lesions.place_lesions(
        rng, head.fractions["wm"], distance_mm, voxel_mm, diameters_mm
    )
    return heads.with_lesions(head, fraction), label


def with_deep_structures(head, seed=1):
    """Replace grey and white matter of a head by putamen and thalamus inside these structures.

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
