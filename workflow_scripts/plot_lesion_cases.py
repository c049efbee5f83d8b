"""Figure S2: the largest lesions in maps of networks with and without one contrast."""

from contrast2map.figures import cases, data
from contrast2map.figures.ablation import lesion_cases, lesion_panels
from contrast2map.figures.case_files import CaseFiles
from contrast2map.figures.files import FigureFiles
from contrast2map.jobs import logs
from contrast2map.study import file_lists, folds
from contrast2map.study.subject_paths import by_predictor_and_fold
from contrast2map.study.terms import QUANTITIES

WINDOW_MM = 60


def plot_lesion_cases(files, contrast, networks, n_cases, outputs):
    """Plot the largest lesion of each subject with a high lesion load.

    Args:
        files: Paths of the subjects' files (`CaseFiles`).
        contrast: Name of the contrast that one network lacks.
        networks: Names of the networks with and without the contrast.
    """
    drawn = []
    for subject in cases.choose_by_lesions(files.count_lesion_voxels(), n_cases):
        slices = files.slices[subject]
        lesion = cases.largest_lesion(files.read_lesions(subject), slices)
        index = cases.largest_slice(lesion, slices)
        case = files.read_case(subject, index, [contrast], networks)
        drawn.append(
            case.cropped(cases.window_around(lesion[..., index], WINDOW_MM, case.voxel_mm))
        )
    panels = lesion_panels(drawn, contrast)

    outputs.save(lesion_cases(panels), data.of_panels(panels))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    contrast = snakemake.params.contrast
    volumes = file_lists.read(snakemake.input.volumes)
    names = (*QUANTITIES, "brain", "slice_selection", contrast)
    plot_lesion_cases(
        files=CaseFiles(
            preprocessed={name: volumes[name] for name in names},
            lesions=volumes["lesions"],
            predictions=by_predictor_and_fold(snakemake.input.predictions),
            groups=snakemake.params.groups,
            folds=folds.folds_of(snakemake.input.folds),
        ),
        contrast=contrast,
        networks=snakemake.params.networks,
        n_cases=snakemake.params.n_cases,
        outputs=FigureFiles(**snakemake.output),
    )
