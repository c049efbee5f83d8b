"""Error against spread of the predictions, in the subjects of the report's viewer."""

import pandas as pd

from contrast2map.evaluation.voxel_errors import calibration
from contrast2map.figures.calibration import calibration_figure
from contrast2map.figures.files import FigureFiles
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.jobs import logs
from contrast2map.study import file_lists
from contrast2map.study.folds import folds_of
from contrast2map.study.subject_paths import by_predictor_and_fold, by_subject, map_path
from contrast2map.study.terms import MS_PER_S, QUANTITIES


def plot_calibration(paths, folders, outputs):
    """Plot errors excluding CSF against the truth or, without truth, the reference.

    Args:
        paths: Files as {name: {subject: path}} with the names T1, T2, excluding_csf,
            slice_selection, true_T1 and true_T2 (the last two empty without truth).
        folders: Dict mapping each subject to show to the folders of its spread and of its maps.
    """
    against = "truth" if paths["true_T1"] else "reference"
    rows = []
    for subject, (of_spread, of_maps) in folders.items():
        like = open_volume(paths["T1"][subject])
        slices = selected_slices(paths["slice_selection"][subject])
        mask = load_volume(paths["excluding_csf"][subject], like)[..., slices] > 0
        for quantity in QUANTITIES:
            known = {"truth": f"true_{quantity}", "reference": quantity}[against]
            files = {
                "predicted": map_path(of_maps, subject, quantity),
                "spread": map_path(of_spread, subject, quantity, "spread"),
                "reference": paths[quantity][subject],
                "known": paths[known][subject],
            }
            ms = {
                name: load_volume(path, like)[..., slices] * MS_PER_S
                for name, path in files.items()
            }
            where = mask & (ms["reference"] > 0)
            bins = calibration((ms["predicted"] - ms["known"])[where], ms["spread"][where])
            named = {"quantity": quantity, "subject": subject, "against": against}
            rows += [named | {"bin": n} | found for n, found in enumerate(bins, 1)]
    table = pd.DataFrame(rows)

    outputs.save_both(lambda n_columns: calibration_figure(table, against, n_columns), rows)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    files = file_lists.read(snakemake.input.volumes)
    names = "excluding_csf slice_selection true_T1 true_T2".split()
    maps = by_predictor_and_fold(snakemake.input.predictions)
    fold_of = folds_of(snakemake.input.folds)
    plot_calibration(
        paths={name: files[name] for name in [*QUANTITIES, *names]},
        folders={
            subject: (folder, maps[snakemake.params.predictor, fold_of[subject]])
            for subject, folder in by_subject(snakemake.input.spread).items()
        },
        outputs=FigureFiles(**snakemake.output),
    )
