"""Read new scans, predict their maps and write them: the work of the command and the rule."""

import tempfile
from dataclasses import asdict

import keras

from contrast2map.any_protocol import pretrained
from contrast2map.jobs import progress
from contrast2map.jobs.programs import ProgramError
from contrast2map.learning.prediction import Predictor
from contrast2map.maps import bundle, new_scans, page, pipeline, shipped
from contrast2map.maps.limits import notes
from contrast2map.maps.measures import measure
from contrast2map.maps.new_scans import NewScansError
from contrast2map.maps.output import require_free, staged, write_description, write_head
from contrast2map.maps.verdict import judge
from contrast2map.preprocessing import engines
from contrast2map.study.findings import verdict

PASSED, FAILED, UNUSABLE = 0, 1, 2  # exit codes
N_STAGES = 9


def make_maps(
    *,
    output,
    model=None,
    scans=None,
    bids=None,
    subjects=(),
    session=None,
    run=None,
    brain_mask=None,
    all_folds=False,
    common_scale=False,
    repair_orientation=False,
    force=False,
    report=lambda line: None,
    complain=lambda line: None,
):
    """Make the maps of one head, or of the subjects of a BIDS dataset.

    Args:
        output: Folder for the maps; it may already contain maps of other subjects.
        model: A bundle, the folder of a study's models, or the study's results; None for the
            network of any protocol that the package contains.
        scans: Dict mapping contrast to NIfTI file or folder of DICOM files; None with `bids`.
        bids: Root of a BIDS dataset, or None.
        subjects: Label for the one head, or labels of the dataset's subjects to map (all if empty).
        session: Session of the dataset to read, or None.
        run: Run of the dataset to read, or None.
        brain_mask: Mask on the grid of the target scan, or None; for one head only.
        all_folds: Whether to use also the networks that were trained on the same head.
        common_scale: Whether the scans of a head have the same gain (`shipped.open_model`).
        repair_orientation: Whether to turn scans whose head does not lie as their header says.
        force: Whether to replace existing maps of the same subjects.
        report: Called with each line of progress.
        complain: Called with one line for each subject that could not be mapped.

    Returns:
        Exit code: 0 if all verdicts are pass or warn, 1 if one is fail or a subject of the
        dataset was unusable, 2 if no maps were made.

    Raises:
        ValueError: No maps can be made; the message gives the reason in one line. Nothing was
            written.
        ProgramError: A program failed, for which no scan is to blame. Maps of earlier subjects are
            kept.
    """
    model = open_model(model, scans, bids, common_scale)
    if bids is None:
        label = subjects[0] if subjects else "01"
        heads = {label.removeprefix("sub-"): scans}
        new_scans.require_paths(scans)
    else:
        if brain_mask is not None:
            raise NewScansError("--brain-mask is for a single head, not for --bids")
        heads = new_scans.subjects_of(bids, model, subjects, session, run)
    require_free(output, heads, force)
    _check_engines(model, brain_mask, complain)
    model = load_networks(model)
    if brain_mask is not None and repair_orientation:
        raise NewScansError(
            "--brain-mask is on the grid of the scan as stored, which --repair-orientation "
            "changes; give only one of them"
        )
    options = {"path_to_brain_mask": brain_mask, "all_folds": all_folds}
    codes = []
    for subject, paths in heads.items():
        try:
            if bids is not None:
                paths = new_scans.paths_of(paths, model.needs_all_scans)
            of_head = model.reading(paths)
            with staged(output) as ready:
                write_description(ready, of_head)
                given = (ready, subject, paths, of_head, report, repair_orientation)
                codes.append(_map_one(*given, **options))
        except ValueError as error:
            if bids is None:
                raise
            complain(f"sub-{subject}: {error}")
            codes.append(UNUSABLE)
    report(f"maps: {output}")
    return UNUSABLE if set(codes) == {UNUSABLE} else min(max(codes), FAILED)


def open_model(model, scans, bids, common_scale=False):
    """Choose the bundle that fits the scans, and read it; or open the network of the package.

    Args:
        model: As in `make_maps`.
        scans: As in `make_maps`.
        bids: As in `make_maps`.
        common_scale: As in `make_maps`.

    Returns:
        model.Model, checked, without its networks.

    Raises:
        bundle.BundleError: No bundle fits, or the one that fits cannot be used.
        NewScansError: Both scans and a dataset are given, or neither.
    """
    if bool(scans) == bool(bids):
        raise NewScansError("give either the scans of one head or --bids with a dataset")
    if model is None:
        return shipped.open_model(common_scale)
    if common_scale:
        raise NewScansError("--common-scale is for the network of the package, not for --model")
    # The contents of a dataset are not known yet: use the bundle with the most inputs.
    folder = bundle.choose(model, scans) if scans else _largest(bundle.find(model))
    return bundle.read(folder, keras.__version__)


def _check_engines(model, brain_mask, complain):
    """Raise ValueError if the model needs a program that is missing; complain of what is odd."""
    settings = asdict(model.preprocessing)
    if brain_mask is not None:
        del settings["brain_extraction"]
    choice = ", or provide a brain mask with --brain-mask" if brain_mask is None else ""
    for note in engines.check(settings, "{step} of this model", choice):
        complain(f"note: {note}")


def load_networks(model):
    """The same model, with its networks."""
    if model.is_told_protocol:
        return shipped.load(model)
    return model.with_networks(
        {
            name: Predictor(pretrained.load(model.folder / fold.file), model.precision)
            for name, fold in model.folds.items()
        }
    )


def _largest(found):
    return max(found, key=lambda folder: len(found[folder].inputs))


def _map_one(ready, subject, paths, model, report, repair_orientation, **options):
    report(f"sub-{subject}")
    stage = progress.Stages(N_STAGES, report)
    with tempfile.TemporaryDirectory() as work, stage("read the scans"):
        scans = new_scans.read(paths, model, work, repair_orientation)
        model = model.for_scans(scans)
    try:
        given = {name: scan.image for name, scan in scans.items()}
        head = pipeline.map_head(given, model, stage, **options)
    except pipeline.NoBrainError as error:
        raise NewScansError(f"{scans[model.target].source}: {error}") from error
    except ProgramError as error:
        remedy = "no scan is to blame: fix the program and run the same command again"
        raise ProgramError(f"sub-{subject}: {str(error).rstrip('.')}; {remedy}") from error
    with stage("judge and write"):
        measures = measure(head, model)
        findings = judge(measures, head, model, scans)
        result = {
            "verdict": verdict(findings),
            "findings": findings,
            "notes": notes(measures, head, model),
        }
        write_head(ready, subject, head, model, scans, result)
        text = page.render(subject, head, model, scans, measures, result)
        (ready / f"sub-{subject}.html").write_text(text)
    report(f"sub-{subject}: {result['verdict']}")
    for each in findings:
        file = f"{each['file']}: " if each["file"] else ""
        report(f"  {each['level']}: {file}{each['problem']}; {each['remedy']}")
    return FAILED if result["verdict"] == "fail" else PASSED
