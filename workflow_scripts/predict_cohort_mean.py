"""Predict for held-out subjects each tissue's mean over the subjects that a fold trains on."""

from contrast2map import cohort_mean, entities, images, logs, maps, slices


def predict_cohort_mean(training, held_out, quantities, about, folder):
    means_s = {
        quantity: cohort_mean.average_subjects(
            [
                cohort_mean.tissue_means(
                    labels_of(training, subject),
                    read(training[quantity][subject]),
                    read(training["coverage"][subject]) > 0,
                )
                for subject in training["tissue"]
            ]
        )
        for quantity in quantities
    }

    maps.write_description(folder, **about)
    for subject, path in held_out["scans"].items():
        scan = images.load(path)
        labels = labels_of(held_out, subject)
        kept = slices.load(held_out["slices"][subject]).slice_indices
        for quantity in quantities:
            volume = maps.only_slices(cohort_mean.paint(labels, means_s[quantity]), kept)
            maps.write(folder, subject, quantity, volume, scan, sources=[path])


def labels_of(files, subject):
    """Labels of a subject's tissues and regions."""
    return cohort_mean.label_tissues(
        *(read(files[name][subject]) for name in ("tissue", "structures", "rois"))
    )


def read(path):
    """Values of an image."""
    return images.values(images.load(path))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    quantities = snakemake.params.quantities
    predict_cohort_mean(
        training={
            name: entities.by_subject(snakemake.input[f"training_{name}"])
            for name in ["tissue", "structures", "rois", "coverage", *quantities]
        },
        held_out={
            name: entities.by_subject(snakemake.input[f"held_out_{name}"])
            for name in ("tissue", "structures", "rois", "slices", "scans")
        },
        quantities=quantities,
        about=snakemake.params.about,
        folder=snakemake.output.folder,
    )
