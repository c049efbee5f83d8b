"""Maps of new heads from files to files: what the command and the rule both call."""

import tempfile

import keras

from contrast2map.jobs import progress
from contrast2map.learning.prediction import Predictor
from contrast2map.learning.unet import load_unet
from contrast2map.maps import bundle, files, limits, pipeline
from contrast2map.maps import measures as map_measures
from contrast2map.maps import output as new_scans_output
from contrast2map.maps import page as new_scans_page
from contrast2map.maps import verdict as map_verdict
from contrast2map.maps.files import NewScansError
from contrast2map.preprocessing.brain_extraction import EngineMissing
from contrast2map.preprocessing.fsl import FSLError
from contrast2map.study.findings import verdict

PASSED, FAILED, UNUSABLE = 0, 1, 2  # exit codes
N_STAGES = 8


def make_maps(
    *,
    model,
    output,
    scans=None,
    bids=None,
    subjects=(),
    session=None,
    run=None,
    brain_mask=None,
    all_folds=False,
    force=False,
    report=lambda line: None,
    complain=lambda line: None,
):
    """Make the maps of one head, or of the subjects of a BIDS dataset.

    Args:
        model: A bundle, the folder of a study's models, or its results.
        output: Folder of the maps; it is made, or gets more subjects.
        scans: Dict of contrast to NIfTI file or folder of DICOMs; None with `bids`.
        bids: Root of a BIDS dataset, or None.
        subjects: Labels: of the one head, or which of the dataset (all if empty).
        session: Session of the dataset to read, or None.
        run: Run of the dataset to read, or None.
        brain_mask: Mask on the grid of the target scan, or None; for one head only.
        all_folds: Let folds predict that were trained on the same head.
        force: Replace maps of the same subjects.
        report: Function of a line of progress.
        complain: Function of a line that says what is wrong with a subject.

    Returns:
        Exit code: 0 all verdicts are pass or warn, 1 one is fail or a subject of the dataset was
        unusable, 2 no maps were made.

    Raises:
        ValueError: One line that says why there can be no maps; nothing was written then.
    """
    folder, facts = open_model(model, scans, bids)
    if bids is None:
        label = subjects[0] if subjects else "01"
        heads = {label.removeprefix("sub-"): scans}
    else:
        if brain_mask is not None:
            raise NewScansError("--brain-mask is of one head; it does not go with --bids")
        heads = files.subjects_of(bids, facts, subjects, session, run)
    new_scans_output.check(output, heads, force)
    networks = load_networks(folder, facts)

    def predict(fold, seen):
        return networks[fold](seen)

    codes = []
    for subject, paths in heads.items():
        try:
            if bids is not None:
                paths = files.paths_of(paths)
            with new_scans_output.staged(output) as ready:
                new_scans_output.write_description(ready, facts, folder)
                codes.append(
                    _make_one(ready, subject, paths, facts, predict, brain_mask, all_folds, report)
                )
        except ValueError as error:
            if bids is None:
                raise
            complain(f"sub-{subject}: {error}")
            codes.append(UNUSABLE)
    report(f"maps: {output}")
    return UNUSABLE if set(codes) == {UNUSABLE} else min(max(codes), FAILED)


def open_model(model, scans, bids):
    """Folder and checked facts of the bundle for some scans.

    Args:
        model: As of `make_maps`.
        scans: Dict with the names of the contrasts, or None.
        bids: Root of a dataset, or None.

    Raises:
        bundle.BundleError: None fits, or it cannot be used.
        NewScansError: Not exactly one of scans and a dataset is given.
    """
    if bool(scans) == bool(bids):
        raise NewScansError("give the scans of one head, or --bids and a dataset, not both")
    # A dataset has what its patterns find: the bundle with most inputs comes first.
    folder = bundle.choose(model, scans) if scans else _largest(bundle.find(model))
    return folder, bundle.read(folder, keras.__version__)


def load_networks(folder, facts):
    """The networks of a bundle, ready for use, as a dict of fold to Predictor."""
    compute_in = facts["prediction"]["precision"]
    return {
        fold: Predictor(load_unet(folder / known["file"]), compute_in)
        for fold, known in facts["folds"].items()
    }


def _largest(found):
    return max(found, key=lambda folder: len(found[folder]["inputs"]))


def _make_one(ready, subject, paths, facts, predict, brain_mask, all_folds, report):
    report(f"sub-{subject}")
    stage = progress.Stages(N_STAGES, report)
    with tempfile.TemporaryDirectory() as work, stage("read the scans"):
        scans = files.read(paths, facts, work)
    target = facts["target_contrast"]
    try:
        head = pipeline.make_maps(
            {name: scan.image for name, scan in scans.items()},
            facts,
            predict,
            stage,
            path_to_brain_mask=brain_mask,
            all_folds=all_folds,
        )
    except (pipeline.NoBrainError, EngineMissing, FSLError) as error:
        raise NewScansError(f"{scans[target].source}: {error}") from error
    with stage("judge and write"):
        measures = map_measures.measure(head, facts)
        findings = map_verdict.judge(measures, head, facts, scans)
        result = {
            "verdict": verdict(findings),
            "findings": findings,
            "notes": limits.notes(measures, head, facts),
        }
        new_scans_output.write_head(ready, subject, head, facts, scans, result)
        page = new_scans_page.page(subject, head, facts, scans, measures, result)
        (ready / f"sub-{subject}.html").write_text(page)
    report(f"sub-{subject}: {result['verdict']}")
    for each in findings:
        report(f"  {each['level']}: {each['problem']}; {each['remedy']}")
    return FAILED if result["verdict"] == "fail" else PASSED
