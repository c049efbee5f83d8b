"""Draw the preprocessing of one subject on one page, for eyes to check."""

from contrast2map import images, logs, quality_control, slices


def plot_quality_control(title, target, registered, paths, path_to_slices, path_to_figure):
    volumes = {name: read(path) for name, path in paths.items()}

    figure = quality_control.draw_subject(
        title,
        read(registered[target]),
        {name: read(path) for name, path in registered.items()},
        volumes["brain"],
        volumes["tissue"],
        volumes["rois"],
        slices.load(path_to_slices),
        images.load(registered[target]).header.get_zooms()[:3],
    )

    figure.savefig(path_to_figure, dpi=80, metadata={"Software": None})


def read(path):
    """Values of an image."""
    return images.values(images.load(path))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    plot_quality_control(
        title=f"sub-{snakemake.wildcards.subject} ({snakemake.params.cohort})",
        target=snakemake.params.target,
        registered={name: snakemake.input[name] for name in snakemake.params.scans},
        paths={name: snakemake.input[name] for name in ("brain", "tissue", "rois")},
        path_to_slices=snakemake.input.slices,
        path_to_figure=snakemake.output.figure,
    )
