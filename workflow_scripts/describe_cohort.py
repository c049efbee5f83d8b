"""Describe the simulated cohort as a BIDS dataset: participants, sequences, origin."""

from pathlib import Path

from contrast2map.bids import dataset
from contrast2map.jobs import logs
from contrast2map.simulation import visit


def describe_cohort(
    participants, contrasts, reference, heads, field_strength_T, reference_errors, seed, folder
):
    """Write descriptions, participants and root sidecars of the simulated dataset.

    Args:
        participants: Dict mapping subject label to group.
        contrasts: List of dicts with `file` and `sequence`, as in the configuration.
        reference: Dict mapping quantity to the file pattern of its reference map.
        heads: Source of the heads.
        field_strength_T: Magnetic field strength in tesla.
        reference_errors: Dict with `noise_sd`, `systematic_sd` and `ceiling_s`, each a dict by
            quantity.
        seed: Seed of the study.
        folder: Root of the dataset.
    """
    folder = Path(folder)
    dataset.write_description(folder, "Simulated cohort of contrast2map", "raw", seed)
    dataset.write_readme(folder, heads, seed)
    dataset.write_participants(folder, participants)
    for contrast in contrasts:
        sidecar = dataset.sequence_sidecar(contrast["sequence"], field_strength_T)
        dataset.write_root_sidecar(folder, contrast["file"], sidecar)
    for name, title in (("reference", "Reference maps"), ("truth", "Truth")):
        dataset.write_description(
            folder / "derivatives" / name, f"{title} of the simulated cohort", "derivative", seed
        )
    for quantity, pattern in reference.items():
        dataset.write_root_sidecar(
            folder / "derivatives" / "reference",
            Path(pattern).name,
            dataset.reference_sidecar(
                **{name: by_quantity[quantity] for name, by_quantity in reference_errors.items()}
            ),
        )
        dataset.write_root_sidecar(
            folder / "derivatives" / "truth",
            f"{quantity}map.nii.gz",
            dataset.truth_sidecar(quantity),
        )
    dataset.write_root_sidecar(
        folder / "derivatives" / "truth",
        "space-orig_dseg.nii.gz",
        dataset.labels_sidecar(visit.LABELS),
    )
    # BIDS has no suffix for movements yet.
    (folder / "derivatives" / "truth" / ".bidsignore").write_text("*_xfm.json\n")


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    describe_cohort(
        participants=snakemake.params.participants,
        contrasts=snakemake.params.contrasts,
        reference=snakemake.params.reference,
        heads=snakemake.params.heads,
        field_strength_T=snakemake.params.field_strength_T,
        reference_errors=snakemake.params.reference_errors,
        seed=snakemake.params.seed,
        folder=Path(snakemake.output.participants).parent,
    )
