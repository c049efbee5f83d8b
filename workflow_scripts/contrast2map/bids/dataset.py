"""Write the metadata of a BIDS 1.10 dataset: descriptions, participants and sidecars."""

import csv
import json
from pathlib import Path

BIDS_VERSION = "1.10.0"
# BIDS keys of the sequence parameters, in seconds and degrees.
SIDECAR_KEYS = {
    "TE_s": "EchoTime",
    "TI_s": "InversionTime",
    "flip_angle_deg": "FlipAngle",
    "n_excitations": "NumberShots",
    "echo_spacing_s": "RepetitionTimeExcitation",
}
SCANNING_SEQUENCES = {
    "mprage": ["GR", "IR"],
    "spoiled_gradient_echo": ["GR"],
    "flair": ["SE", "IR"],
    "spin_echo": ["SE"],
    "fast_spin_echo": ["SE"],
}


def write_json(path, content):
    """Write a JSON file; create its folder if necessary."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


def write_description(folder, name, dataset_type, seed):
    """Write dataset_description.json of a simulated dataset or derivative."""
    content = {
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": dataset_type,
        "License": "CC0",
        "GeneratedBy": [
            {"Name": "contrast2map", "Description": f"Simulated from physics, seed {seed}."}
        ],
    }
    write_json(Path(folder) / "dataset_description.json", content)


def write_readme(folder, heads, seed):
    """Write the README of the simulated cohort.

    Args:
        folder: Root of the dataset.
        heads: Source of the heads, such as "icbm152".
        seed: Seed of the simulation.
    """
    Path(folder, "README.md").write_text(
        "# Simulated cohort\n\n"
        f"SIMULATED: no person was scanned. contrast2map simulated these scans with seed {seed}, "
        f"from {heads} heads and the signal equations of the sequences.\n\n"
        "`derivatives/reference` contains T1 and T2 maps with the errors of a fast mapping "
        "sequence. `derivatives/truth` contains the simulation's input: T1 and T2 maps in seconds, "
        "tissue labels, brain and lesion masks, and the movement between the scans.\n"
    )


def write_participants(folder, participants):
    """Write participants.tsv and participants.json.

    Args:
        folder: Root of the dataset.
        participants: Dict mapping subject label to group.
    """
    with open(Path(folder) / "participants.tsv", "w", newline="") as table:
        writer = csv.writer(table, delimiter="\t", lineterminator="\n")
        writer.writerow(["participant_id", "group"])
        writer.writerows([f"sub-{label}", group] for label, group in participants.items())
    levels = {group: f"simulated subject, group {group}" for group in participants.values()}
    write_json(
        Path(folder) / "participants.json",
        {"group": {"Description": "Diagnosis that the simulation imitates", "Levels": levels}},
    )


def write_root_sidecar(folder, pattern, content):
    """Write a sidecar at the root, where it applies to all subjects (inheritance principle)."""
    name = Path(pattern).name.replace("sub-{subject}_", "")
    write_json(Path(folder) / (name.removesuffix(".gz").removesuffix(".nii") + ".json"), content)


def sequence_sidecar(sequence, field_strength_T):
    """Return the sidecar of a weighted image.

    Args:
        sequence: Dict of the sequence's `type` and its parameters in seconds and degrees.
        field_strength_T: Magnetic field strength in tesla.
    """
    content = {
        "Modality": "MR",
        "MagneticFieldStrength": field_strength_T,
        "Manufacturer": "contrast2map (simulated)",
        "ScanningSequence": SCANNING_SEQUENCES[sequence["type"]],
    }
    # With an inversion pulse, TR is the interval between inversions.
    repetition = "RepetitionTimePreparation" if "TI_s" in sequence else "RepetitionTimeExcitation"
    content[repetition] = sequence["TR_s"]
    content |= {key: sequence[name] for name, key in SIDECAR_KEYS.items() if name in sequence}
    return content


def reference_sidecar(noise_sd, systematic_sd, ceiling_s):
    """Return the sidecar of a simulated reference map, with unit and error model.

    Args:
        noise_sd: SD of the voxel noise relative to the voxel's value.
        systematic_sd: SD of the spatially smooth error relative to the voxel's value.
        ceiling_s: Largest relaxation time that the mapping sequence resolves, in seconds.
    """
    return {
        "Units": "s",
        "EstimationReference": "Ma et al., Magn Reson Med 2021;85:1938 (MR Multitasking), imitated",
        "EstimationAlgorithm": "simulated: truth, blurred, saturated, with smooth and voxel noise",
        "SkullStripped": False,
        "RelativeNoiseSD": noise_sd,
        "RelativeSystematicSD": systematic_sd,
        "CeilingSeconds": ceiling_s,
    }


def truth_sidecar(quantity):
    """Return the sidecar of a true map."""
    return {
        "Units": "s",
        "SkullStripped": False,
        "EstimationReference": "none: input of the simulation",
        "EstimationAlgorithm": (
            f"inverse of the mean relaxation rate 1/{quantity} of the voxel's tissues, "
            "weighted by proton density"
        ),
    }


def write_movement(path, moves):
    """Write the true movement between the scans.

    Args:
        path: JSON file to write.
        moves: Dict mapping scan to the world-to-world matrix (mm) from the target scan to that
            scan, shape (4, 4).
    """
    content = {
        "Description": "World-to-world matrices (RAS, mm) from the target scan to each scan.",
        "Matrices": {name: matrix.round(9).tolist() for name, matrix in moves.items()},
    }
    write_json(path, content)


def labels_sidecar(labels):
    """Return the sidecar of a segmentation on the target scan's grid.

    Args:
        labels: Names of the labels, in the order of their numbers from 0.
    """
    return {
        "SpatialReference": "the target scan of the same subject",
        "Labels": {str(number): name for number, name in enumerate(labels)},
    }
