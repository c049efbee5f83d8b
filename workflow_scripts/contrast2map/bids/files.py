"""Find a subject's file by a pattern of the configuration, also in sessions and runs."""

import difflib
import os
import re
from dataclasses import dataclass

EXTENSIONS = (".nii.gz", ".nii")
# Entities after `run` in a BIDS file name.
AFTER_RUN = (
    "mod echo flip inv mt part proc hemi space split recording chunk seg res den label desc".split()
)
N_LISTED = 4


@dataclass(frozen=True)
class Resolved:
    """The file that a pattern matches, or the reason why no file can be used.

    Attributes:
        path: Path of the file, or None.
        problem: Problem in one line if the path is None.
        remedy: Remedy for the problem in one line.
        is_missing: Whether no file matches; False if several match or one that cannot be read.
    """

    path: str | None
    problem: str = ""
    remedy: str = ""
    is_missing: bool = False


def resolve(root, pattern, subject, session=None, run=None):
    """Find the subject's file that matches a pattern of the configuration.

    If no session or run is requested and the pattern's path exists, that file is used. Otherwise
    variants of the path with a session (`sub-X/ses-S/anat/sub-X_ses-S_...`) or a run are searched,
    as .nii.gz and .nii; if exactly one exists, it is used. A requested session or run is ignored if
    no variant has sessions or runs.

    Args:
        root: Root of the cohort.
        pattern: Path below the root, with `{subject}`.
        subject: Label of the subject.
        session: Label of the session, or None.
        run: Number of the run, or None.
    """
    exact = pattern.format(subject=subject)
    wanted = _with_session_and_run(exact, subject, session, run)
    if os.path.isfile(os.path.join(root, wanted)):
        return Resolved(os.path.join(root, wanted))
    if os.path.lexists(os.path.join(root, wanted)):
        return _not_a_file(root, wanted)
    variants = _variants(root, exact, subject)
    found = _only(variants, "session", session, str)
    found = _only(found, "run", run, int)
    if len(found) == 1:
        path = found[0]["path"]
        is_file = os.path.isfile(os.path.join(root, path))
        return Resolved(os.path.join(root, path)) if is_file else _not_a_file(root, path)
    if found:
        return _ambiguous(found)
    if variants:
        return Resolved(
            None,
            f"there is no {wanted}, only {_listed([each['path'] for each in variants])}",
            "change cohort.session or cohort.run, or add the file",
            is_missing=True,
        )
    return _missing(root, wanted, exact, subject)


def session_of(path):
    """Label of the session in a file's name or folder, or ""."""
    match = re.search(r"(?:^|[/_])ses-([A-Za-z0-9]+)(?=[/_])", str(path))
    return match[1] if match else ""


def _with_session_and_run(path, subject, session, run):
    folder, name = os.path.split(path)
    if session is not None and not session_of(path):
        parts = folder.split("/")
        if f"sub-{subject}" in parts:
            parts.insert(parts.index(f"sub-{subject}") + 1, f"ses-{session}")
        folder = "/".join(parts)
        name = name.replace(f"sub-{subject}_", f"sub-{subject}_ses-{session}_", 1)
    if run is not None and not re.search(r"_run-\d+_", name):
        entities = name.split("_")
        place = next(
            (n for n, each in enumerate(entities) if each.partition("-")[0] in AFTER_RUN),
            len(entities) - 1,
        )
        entities.insert(place, f"run-{run}")
        name = "_".join(entities)
    return os.path.join(folder, name)


def _variants(root, exact, subject):
    """Files like `exact` except for session, run and extension, as dicts with the path."""
    folder, name = os.path.split(exact)
    folders, fixed = [folder], session_of(exact)
    above, _, below = f"{folder}/".partition(f"sub-{subject}/")
    if not fixed and f"sub-{subject}" in folder.split("/"):
        own = f"{above}sub-{subject}"
        sessions = sorted(each for each in _names(root, own) if each.startswith("ses-"))
        folders += [os.path.join(own, each, below).rstrip("/") for each in sessions]
    variants = []
    for place in folders:
        for each in sorted(_names(root, place)):
            if each.endswith(EXTENSIONS) and _plain(each, name) == _plain(name, name):
                path = os.path.join(place, each)
                number = re.search(r"_run-(\d+)_", each)
                run = number[1] if number else ""
                variants.append({"path": path, "session": session_of(path), "run": run})
    return variants


def _plain(name, pattern):
    """A file name without extension, and without session and run unless the pattern has them."""
    for extension in EXTENSIONS:
        name = name.removesuffix(extension)
    for entity in (r"_ses-[A-Za-z0-9]+(?=_)", r"_run-\d+(?=_)"):
        if not re.search(entity, pattern):
            name = re.sub(entity, "", name, count=1)
    return name


def _only(variants, entity, asked, kind):
    """Variants with the requested session or run, if any variant has sessions or runs."""
    if asked is None or not any(each[entity] for each in variants):
        return variants
    return [each for each in variants if each[entity] and kind(each[entity]) == asked]


def _names(root, folder):
    try:
        return os.listdir(os.path.join(root, folder))
    except OSError:  # a missing or unreadable folder counts as empty
        return []


def _ambiguous(found):
    keys = [key for key in ("session", "run") if len({each[key] for each in found}) > 1]
    remedy = "keep one of them"
    if keys:
        remedy = f"set {' and '.join(f'cohort.{key}' for key in keys)}"
    listed = _listed([each["path"] for each in found])
    return Resolved(None, f"{len(found)} files match: {listed}", remedy)


def _not_a_file(root, path):
    if os.path.isdir(os.path.join(root, path)):
        return Resolved(None, f"{path} is a folder, not a file", "replace it with the image")
    if not os.path.islink(os.path.join(root, path)):
        return Resolved(None, f"{path} is a device, not a file", "replace it with the image")
    return Resolved(
        None,
        f"{path} is a link to a missing file",
        "fetch the file (e.g. with `datalad get`), or copy it there",
    )


def _missing(root, wanted, exact, subject):
    folder, name = os.path.split(exact)
    places = {os.path.split(wanted)[0]: None, folder: None}
    near = []
    for place in places:
        images = [each for each in _names(root, place) if _has_suffix_like(each, name)]
        close = difflib.get_close_matches(name, images, n=N_LISTED, cutoff=0.6)
        near += [os.path.join(place, each) for each in close]
    if near:
        remedy = f"rename a similar file, or change the pattern to match it: {_listed(near)}"
        return Resolved(None, f"there is no {wanted}", remedy, is_missing=True)
    remedy = "add it, or change the pattern in the configuration"
    above, found, _ = f"{folder}/".partition(f"sub-{subject}/")
    if found and not os.path.isdir(os.path.join(root, f"{above}sub-{subject}")):
        others = [n for n in _names(root, above) if n.casefold() == f"sub-{subject}".casefold()]
        problem = f"there is no {wanted}: the folder {above}sub-{subject} does not exist"
        if others:
            remedy = f"rename {above}{others[0]}, or the subject in participants.tsv"
        return Resolved(None, problem, remedy, is_missing=True)
    return Resolved(None, f"there is no {wanted}", remedy, is_missing=True)


def _has_suffix_like(name, other):
    """Whether a file is an image with a BIDS suffix similar to another's, such as T1 and T1w."""
    lower = [each.lower() for each in (name, other)]
    suffixes = [_plain(each, each).rpartition("_")[2] for each in lower]
    is_image = lower[0].endswith(EXTENSIONS) and not name.startswith(".")
    return is_image and difflib.SequenceMatcher(None, *suffixes).ratio() > 0.6


def _listed(paths):
    more = f" and {len(paths) - N_LISTED} more" if len(paths) > N_LISTED else ""
    return ", ".join(paths[:N_LISTED]) + more
