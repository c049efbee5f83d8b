"""Predict the training-set mean of each tissue for the held-out subjects of a fold."""

import json
from pathlib import Path

from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.learning import cohort_mean, map_files
from contrast2map.preprocessing import slices
from contrast2map.study import file_lists


def predict_cohort_mean(path_to_means, held_out, about, folder):
    means_s = json.loads(Path(path_to_means).read_text())["Means"]

    map_files.write_description(folder, **about)
    for subject, path in held_out["scans"].items():
        scan = images.load(path)
        labels = cohort_mean.label_tissues(
            *(images.values(images.load(held_out[name][subject])) for name in cohort_mean.LABELS)
        )
        kept = slices.load(held_out["slices"][subject]).slice_indices
        for quantity, means_of_tissues_s in means_s.items():
            volume = map_files.only_slices(cohort_mean.paint(labels, means_of_tissues_s), kept)
            map_files.write(folder, subject, quantity, volume, scan, sources=[path])


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read([snakemake.input.volumes, snakemake.input.slices])
    predict_cohort_mean(
        path_to_means=snakemake.input.means,
        held_out={name: files[name] for name in (*cohort_mean.LABELS, "slices", "scans")},
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
