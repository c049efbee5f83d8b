"""Turn the images of one subject whose heads do not lie as their headers say."""

import nibabel as nib
import numpy as np

from contrast2map.bids.dataset import write_json
from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.preprocessing import orientation


def repair_orientation(scans, reference, target, repaired, path_to_turned):
    """Write all images of a subject with correct affines, and which of them were turned.

    Args:
        scans: Dict mapping contrast to path.
        reference: Paths of the reference maps; the T2 map is turned with the T1 map.
        target: Name of the target contrast.
        repaired: Dict mapping contrast or quantity to the path to write.
        path_to_turned: JSON file to write: image -> what the directions of its header were.
    """
    acquired = {name: images.load(path) for name, path in (scans | reference).items()}
    T2 = acquired.pop("T2")

    found, turned = orientation.repaired(acquired, target)
    matrix = found["T1"].affine @ np.linalg.inv(acquired["T1"].affine)
    found["T2"] = nib.Nifti1Image(images.values(T2), matrix @ T2.affine)

    for name, image in found.items():
        images.save(images.values(image), image, repaired[name])
    write_json(path_to_turned, turned)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    repair_orientation(
        scans={name: snakemake.input[name] for name in snakemake.params.contrasts},
        reference={name: snakemake.input[name] for name in snakemake.params.quantities},
        target=snakemake.params.target,
        repaired={
            name: snakemake.output[name]
            for name in [*snakemake.params.contrasts, *snakemake.params.quantities]
        },
        path_to_turned=snakemake.output.turned,
    )
