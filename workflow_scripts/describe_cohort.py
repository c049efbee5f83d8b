"""Describe the simulated cohort as a BIDS dataset: participants, sequences, origin."""

from pathlib import Path

from contrast2map.bids import dataset
from contrast2map.jobs import logs
from contrast2map.simulation import visit


def describe_cohort(participants, contrasts, reference, simulation, seed, folder):
    folder = Path(folder)
    dataset.write_description(folder, "In-silico cohort of contrast2map", "raw", seed)
    dataset.write_readme(folder, simulation, seed)
    dataset.write_participants(folder, participants)
    for contrast in contrasts:
        sidecar = dataset.sequence_sidecar(contrast["sequence"], simulation["field_strength_T"])
        dataset.write_root_sidecar(folder, contrast["file"], sidecar)
    for name, title in (("reference", "Reference maps"), ("truth", "Truth")):
        dataset.write_description(
            folder / "derivatives" / name, f"{title} of the in-silico cohort", "derivative", seed
        )
    for quantity, pattern in reference.items():
        dataset.write_root_sidecar(
            folder / "derivatives" / "reference",
            Path(pattern).name,
            dataset.reference_sidecar(quantity, simulation["reference_maps"]),
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
        simulation=snakemake.params.simulation,
        seed=snakemake.params.seed,
        folder=Path(snakemake.output.participants).parent,
    )
