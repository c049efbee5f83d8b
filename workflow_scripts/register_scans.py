"""Bring every scan and the reference maps of one subject onto the grid of the target scan."""

import json
from pathlib import Path

import numpy as np

from contrast2map import grids, images, logs, registration


def register_scans(
    scans, reference, target, interpolation, sampling_share, seed, registered, path_to_transforms
):
    target_image = grids.to_canonical(images.load(scans[target]))
    fixed = registration.to_ants(images.values(target_image), target_image.affine)
    images.save(images.values(target_image), target_image, registered[target])

    matrices = {target: np.eye(4)}
    for name in [name for name in scans if name != target]:
        image = grids.to_canonical(images.load(scans[name]))
        moving = registration.to_ants(images.values(image), image.affine)
        matrices[name] = registration.register_rigid(
            fixed, moving, sampling_share=sampling_share, seed=seed
        )
        moved = registration.apply(matrices[name], moving, fixed, interpolation)
        images.save(moved.numpy(), target_image, registered[name])

    # The maps of one acquisition share a grid: T1 is registered, its transform moves them all.
    maps = {name: grids.to_canonical(images.load(path)) for name, path in reference.items()}
    images.require_same_grid(maps, reference)
    moving = registration.to_ants(images.values(maps["T1"]), maps["T1"].affine)
    matrices["reference"] = registration.register_rigid(
        fixed, moving, sampling_share=sampling_share, seed=seed
    )
    for name, image in maps.items():
        moving = registration.to_ants(images.values(image), image.affine)
        moved = registration.apply(matrices["reference"], moving, fixed, interpolation)
        images.save(moved.numpy(), target_image, registered[name])
    inside = registration.to_ants(np.ones(maps["T1"].shape), maps["T1"].affine)
    covered = registration.apply(matrices["reference"], inside, fixed, "linear").numpy() > 0.99
    images.save(covered.astype(np.uint8), target_image, registered["coverage"])
    content = {name: matrix.round(9).tolist() for name, matrix in matrices.items()}
    Path(path_to_transforms).write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    register_scans(
        scans={name: snakemake.input[name] for name in snakemake.params.contrasts},
        reference={name: snakemake.input[name] for name in snakemake.params.quantities},
        target=snakemake.params.target,
        interpolation=snakemake.params.registration["interpolation"],
        sampling_share=snakemake.params.registration["sampling_share"],
        seed=snakemake.params.seed,
        registered=dict(snakemake.output.items()),
        path_to_transforms=snakemake.output.transforms,
    )
