"""Compute each tissue's mean T1 and T2 over the training subjects of a fold."""

from contrast2map.bids import dataset
from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.learning import cohort_mean, map_files
from contrast2map.preprocessing import slices
from contrast2map.study import file_lists, opened_files


def fit_cohort_mean(training, quantities, path_to_means, path_to_training_files):
    with opened_files.recording() as read_files:
        labels = {
            subject: map_files.only_slices(
                cohort_mean.label_tissues(
                    *(read(training[name][subject]) for name in cohort_mean.LABELS)
                ),
                slices.load(path).slice_indices,
            )
            for subject, path in training["slices"].items()
        }
        means_s = {
            quantity: cohort_mean.average_subjects(
                [
                    cohort_mean.tissue_means(labels[subject], read(path))
                    for subject, path in training[quantity].items()
                ]
            )
            for quantity in quantities
        }

    dataset.write_json(path_to_means, {"Units": "s", "Means": means_s})
    opened_files.write_table(read_files, path_to_training_files)


def read(path):
    """Values of an image."""
    return images.values(images.load(path))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    quantities = snakemake.params.quantities
    files = file_lists.read([*snakemake.input.volumes, *snakemake.input.slices])
    fit_cohort_mean(
        training={name: files[name] for name in [*cohort_mean.LABELS, "slices", *quantities]},
        quantities=quantities,
        path_to_means=snakemake.output.means,
        path_to_training_files=snakemake.output.training_files,
    )
