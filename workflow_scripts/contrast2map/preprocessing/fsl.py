"""FSL's BET and FAST (if installed), run by fslpy in a temporary folder.

Like fslpy, this module looks for FSL in `$FSLDEVDIR/bin`, then `$FSLDIR/bin`, never in `PATH`. If
FSLDIR is not set, a conda environment that contains FSL is used: its packages do not set FSLDIR.
"""

import importlib.util
import json
import logging
import os
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np

from contrast2map.jobs.programs import ProgramError

ENGINES = ("auto", "fsl", "embedded")
CONDA_PACKAGES = ("fsl-bet2", "fsl-fast4")
N_LAST_WORDS, MOST_CHARACTERS = 30, 300  # of a failed tool that its message quotes

logger = logging.getLogger(__name__)


class FSLError(ProgramError):
    """FSL is not installed, or one of its tools failed. The message is one line."""


def home():
    """FSL's folder: FSLDIR or, if it is not set, Python's environment if it has FSL; else ""."""
    folder = os.environ.get("FSLDIR", "")
    if folder.strip():
        return folder
    return sys.prefix if (Path(sys.prefix) / "bin" / "bet").is_file() else ""


def _home_words():
    return "FSLDIR={}" if os.environ.get("FSLDIR", "").strip() else "Python's environment {}"


def why_missing(tool):
    """Why an FSL command such as "bet" cannot be used, in words; None if it can."""
    homes = {_home_words(): home(), "FSLDEVDIR={}": os.environ.get("FSLDEVDIR", "")}
    if not home():
        also = "FSLDEVDIR is set, but " if homes["FSLDEVDIR={}"].strip() else ""
        return f"{also}FSLDIR is not set"
    for words, folder in homes.items():
        if any(character.isspace() for character in folder):
            return f"{words.format(folder)} has a blank, which FSL's scripts do not quote"
    path = _path_of(tool)
    if path is None:
        return f"{_home_words().format(home())} has no bin/{tool}"
    if not os.access(path, os.X_OK):
        return f"{path} is not executable"
    if importlib.util.find_spec("fsl") is None:
        return "the package fslpy, which runs FSL, is not installed (pip install fslpy)"
    return None


def _path_of(tool):
    """The file of a command in the order in which fslpy looks for it; None if there is none."""
    for folder in (os.environ.get("FSLDEVDIR", ""), home()):
        path = Path(folder) / "bin" / tool
        if folder and path.is_file():
            return path
    return None


def fallback_words(engine, tool):
    """What a user must know if "auto" uses the embedded engine although FSL is there, or None."""
    if engine != "auto" or not (home() or os.environ.get("FSLDEVDIR")):
        return None
    reason = why_missing(tool)
    return reason and f"{reason}; the embedded engine is used in place of FSL's {tool}"


def version():
    """Version of the installed FSL, such as "FSL 6.0.0", or those of its conda packages."""
    folder = Path(home() or os.devnull)
    path = folder / "etc" / "fslversion"
    words = path.read_text().split(":")[0].split() if path.is_file() else []
    if words:
        return f"FSL {words[0]}"
    paths = sorted(
        each for name in CONDA_PACKAGES for each in folder.glob(f"conda-meta/{name}-*.json")
    )
    records = [json.loads(each.read_text()) for each in paths]
    packages = [f"{each['name']} {each['version']}" for each in records]
    return f"FSL ({', '.join(packages) or 'unknown version'})"


def resolve_engine(engine, tool):
    """Decide between FSL and the embedded engine.

    Args:
        engine: "fsl", "embedded", or "auto" (FSL if installed, else embedded).
        tool: The required FSL command, such as "bet".

    Returns:
        "fsl" or "embedded".

    Raises:
        ValueError: The engine's name is unknown.
        FSLError: FSL is requested but cannot be used.
    """
    if engine not in ENGINES:
        raise ValueError(f"Unknown engine '{engine}': choose one of {', '.join(ENGINES)}.")
    if engine == "embedded":
        return engine
    reason = why_missing(tool)
    if reason is None:
        return "fsl"
    if engine == "auto":
        return "embedded"
    remedy = "fix that" if home() or os.environ.get("FSLDEVDIR") else "install FSL"
    raise FSLError(f"engine 'fsl' cannot be used: {reason}; {remedy}")


def bet(image, fractional_intensity, robust):
    """Make a brain mask with `bet <in> <out> -f <fractional_intensity> -m [-R]`.

    Args:
        image: nibabel image of a head with skull, shape (x, y, z).
        fractional_intensity: BET's -f, between 0 and 1; smaller gives a larger brain.
        robust: Whether BET is repeated to find the centre of the brain (-R).

    Returns:
        True in the brain, shape (x, y, z), and what BET said on stderr ("" if nothing).

    Raises:
        FSLError: BET failed. Its mask is checked too, since BET may fail with exit status 0.
        ValueError: BET found no brain.
    """
    with _workspace(image) as (path_to_image, folder):
        said = _run(
            "bet",
            str(path_to_image),
            str(folder / "brain"),
            fracintensity=fractional_intensity,
            mask=True,
            robust=robust,
        )
        return _read("bet", folder / "brain_mask.nii.gz", image.shape, said) > 0.5, said.errors


def fast(image, n_iterations, mrf_weight, bias_fwhm_mm):
    """Segment tissue with `fast -t 1 -n 3 -H <mrf_weight> -I <n> -l <fwhm> -b`.

    Args:
        image: nibabel image of the brain-extracted T1-weighted scan (0 outside), shape (x, y, z).
        n_iterations: Iterations of bias field estimation, FAST's -I.
        mrf_weight: Spatial smoothness of the classes, FAST's -H.
        bias_fwhm_mm: Smoothness of the bias field in mm, FAST's -l.

    Returns:
        Hard segmentation `_seg` (0 none, 1 CSF, 2 GM, 3 WM), shape (x, y, z); partial volumes
        `_pve_*`, shape (3, x, y, z); multiplicative bias field, shape (x, y, z); and what FAST said
        on stderr ("" if nothing).

    Raises:
        FSLError: FAST failed.
        ValueError: FAST found no tissue.
    """
    with _workspace(image) as (path_to_image, folder):
        said = _run(
            "fast",
            str(path_to_image),
            out=str(folder / "brain"),
            t=1,
            n=3,
            H=mrf_weight,
            I=n_iterations,
            l=bias_fwhm_mm,
            b=True,
        )
        labels, bias, *fractions = (
            _read("fast", folder / f"brain_{name}.nii.gz", image.shape, said)
            for name in ("seg", "bias", "pve_0", "pve_1", "pve_2")
        )
        return np.rint(labels).astype(np.uint8), np.stack(fractions), bias, said.errors


@contextmanager
def _workspace(image):
    """Save the image for FSL; yield its path and a folder, both temporary."""
    with tempfile.TemporaryDirectory(prefix="contrast2map-fsl-", dir=_folder()) as name:
        path_to_image = Path(name) / "image.nii.gz"
        data = np.nan_to_num(np.asarray(image.dataobj, dtype=np.float32), posinf=0, neginf=0)
        try:
            nibabel.Nifti1Image(data, image.affine).to_filename(path_to_image)
        except OSError as error:
            raise FSLError(
                f"FSL cannot be given its input: {Path(name).parent} cannot be written to "
                f"({error.strerror}); free some space, or set TMPDIR to another folder"
            ) from error
        yield path_to_image, Path(name)


def _folder():
    """Folder for temporary files whose path has no blank, which FSL's scripts do not quote.

    Raises:
        FSLError: There is none, or none can be written to.
    """
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        is_plain = not any(character.isspace() for character in folder)
        if is_plain and os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise FSLError(f"TMPDIR={tempfile.gettempdir()} has a blank, which FSL's scripts do not quote.")


@dataclass(frozen=True)
class Said:
    """What a tool wrote, each as one line.

    Attributes:
        output: On stdout.
        errors: On stderr.
    """

    output: str
    errors: str

    @property
    def last_words(self):
        """The end of what it wrote, errors last, as a phrase to append; "" if it wrote nothing."""
        words = " ".join([self.output, self.errors]).split()
        last = " ".join(words[-N_LAST_WORDS:])[-MOST_CHARACTERS:]
        return f"; its last words: {last}" if words else ""


def _run(tool, *arguments, **options):
    """Run a command through fslpy; report a failure in one line. Returns Said."""
    from fsl import wrappers  # here, because it is slow to load and needed only with FSL
    from fsl.utils.run import FSLNotPresent

    output, errors = [], []
    logger.info("Run %s (%s)", tool, version())
    try:
        with _fsl_environment():
            log = {"tee": False, "stdout": output.append, "stderr": errors.append}
            getattr(wrappers, tool)(*arguments, **options, log=log)
    except (FSLNotPresent, OSError, RuntimeError) as error:
        said = Said(_one_line(output), _one_line(errors))
        reason = " ".join(str(error).split())
        if re.search("exit code: (-9|137)$", reason):
            reason = "it was killed (signal 9), as when memory runs out"
        raise FSLError(f"FSL's {tool} failed: {reason}{said.last_words}") from error
    said = Said(_one_line(output), _one_line(errors))
    if said.output:
        logger.info("Output of %s: %s", tool, said.output)
    if said.errors:
        logger.warning("FSL's %s said: %s", tool, said.errors)
    return said


def _one_line(parts):
    return " ".join("".join(parts).split())


@contextmanager
def _fsl_environment():
    """Set FSLDIR, the tools' path and FSLOUTPUTTYPE, without which FSL's tools write no file."""
    needed = {"FSLOUTPUTTYPE": "NIFTI_GZ"}
    if not os.environ.get("FSLDIR", "").strip():
        path = os.environ.get("PATH", os.defpath)
        needed |= {"FSLDIR": home(), "PATH": os.pathsep.join([f"{home()}/bin", path])}
    before = {name: os.environ.get(name) for name in needed}
    os.environ.update(needed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _read(tool, path, shape, said):
    """Read and check the output of a tool, shape (x, y, z)."""
    failed = f"FSL's {tool} failed: {path.name}"
    if not path.is_file():
        raise FSLError(f"{failed} is missing{said.last_words or '; it said nothing'}.")
    try:
        data = np.asarray(nibabel.load(path).dataobj, dtype=np.float32)
    except (nibabel.filebasedimages.ImageFileError, OSError, EOFError) as error:
        raise FSLError(f"{failed} cannot be read ({error}){said.last_words}.") from error
    if data.shape != tuple(shape):
        raise FSLError(f"{failed} has shape {data.shape}, not {shape}{said.last_words}.")
    if not data.any():
        if said.errors:
            raise FSLError(f"{failed} is empty{said.last_words}.")
        raise ValueError(f"FSL's {tool} found nothing in the image: {path.name} is empty.")
    return data
