"""Register and resample all scans and reference maps of one subject to the target scan."""

import json
from pathlib import Path

import numpy as np

from contrast2map.imaging import grids, images, ranges
from contrast2map.jobs import logs
from contrast2map.preprocessing import registration, steps


def register_scans(
    scans,
    reference,
    target,
    interpolation,
    sampling_share,
    seed,
    registered,
    path_to_transforms,
    path_to_registration,
    provided=None,
):
    acquired = {name: images.load_scan(path) for name, path in scans.items()}
    # The maps of one acquisition share a grid: T1 is registered, and its transform applies to all.
    maps = {name: grids.to_canonical(images.load(path)) for name, path in reference.items()}
    grids.require_same_grid(maps["T2"], maps["T1"], reference["T2"], reference["T1"])

    found = steps.register(
        {**acquired, "reference": maps["T1"]},
        target,
        sampling_share=sampling_share,
        seed=seed,
        provided=provided,
    )

    grid = grids.to_canonical(acquired[target])
    images.save(images.values(grid), grid, registered[target])
    for name in [name for name in scans if name != target]:
        moved = steps.resample(acquired[name], found[name].matrix, grid, interpolation)
        images.save(moved, grid, registered[name])
    # Relaxation times are interpolated, not smoothed: the mean T1 is not the T1 of the mean signal.
    fixed = registration.to_ants(images.values(grid), grid.affine)
    inside = np.ones(maps["T1"].shape, np.float32)
    arrays = {
        name: (ranges.without_misfits(images.values(image), name), interpolation)
        for name, image in maps.items()
    }
    arrays["coverage"] = inside, "linear"
    moved = {
        name: registration.apply(
            found["reference"].matrix,
            registration.to_ants(values, maps["T1"].affine),
            fixed,
            interpolated,
        ).numpy()
        for name, (values, interpolated) in arrays.items()
    }
    moved["coverage"] = (moved["coverage"] > 0.99).astype(np.uint8)
    for name, values in moved.items():
        images.save(values, grid, registered[name])

    matrices = {name: one.matrix.round(9).tolist() for name, one in found.items()}
    Path(path_to_transforms).write_text(json.dumps(matrices, indent=2) + "\n")
    numbers = {name: one.numbers() for name, one in found.items() if name != target}
    Path(path_to_registration).write_text(json.dumps(numbers, indent=2) + "\n")


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    register_scans(
        scans={name: snakemake.input[name] for name in snakemake.params.contrasts},
        reference={name: snakemake.input[name] for name in snakemake.params.quantities},
        target=snakemake.params.target,
        interpolation=snakemake.params.registration["interpolation"],
        sampling_share=snakemake.params.registration["sampling_share"],
        seed=snakemake.params.seed,
        registered={
            name: snakemake.output[name]
            for name in [*snakemake.params.contrasts, *snakemake.params.quantities, "coverage"]
        },
        path_to_transforms=snakemake.output.transforms,
        path_to_registration=snakemake.output.registration,
        provided={
            name.removeprefix("transform_"): path
            for name, path in snakemake.input.items()
            if name.startswith("transform_") and path and path
        },
    )
