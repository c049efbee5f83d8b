"""FSL's BET and FAST (if installed), run by fslpy in a temporary folder.

Like fslpy, this module looks for FSL in `$FSLDEVDIR/bin`, then `$FSLDIR/bin`, never in `PATH`.
"""

import logging
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import nibabel
import numpy as np

ENGINES = ("auto", "fsl", "embedded")

logger = logging.getLogger(__name__)


class FSLError(RuntimeError):
    """FSL is not installed, or one of its tools failed. The message is one line."""


def find_tool(tool):
    """Path of an FSL command such as "bet"; None if it is not installed."""
    for variable in ("FSLDEVDIR", "FSLDIR"):
        folder = os.environ.get(variable, "").strip()
        path = Path(folder) / "bin" / tool
        if folder and path.is_file() and os.access(path, os.X_OK):
            return path
    return None


def version():
    """Version of the installed FSL, such as "FSL 6.0.0"."""
    path = Path(os.environ.get("FSLDIR") or os.devnull) / "etc" / "fslversion"
    words = path.read_text().split(":")[0].split() if path.is_file() else []
    return f"FSL {words[0]}" if words else "FSL (unknown version)"


def resolve_engine(engine, tool):
    """Decide between FSL and the embedded engine.

    Args:
        engine: "fsl", "embedded", or "auto" (FSL if installed, else embedded).
        tool: The required FSL command, such as "bet".

    Returns:
        "fsl" or "embedded".

    Raises:
        ValueError: The engine's name is unknown.
        FSLError: FSL is requested but not installed.
    """
    if engine not in ENGINES:
        raise ValueError(f"Unknown engine '{engine}': choose one of {', '.join(ENGINES)}.")
    if engine == "embedded":
        return engine
    if find_tool(tool):
        return "fsl"
    if engine == "auto":
        return "embedded"
    folder = os.environ.get("FSLDIR")
    where = f"FSLDIR={folder} has no bin/{tool}" if folder else "FSLDIR is not set"
    raise FSLError(f"Engine 'fsl' is not installed: {where}.")


def bet(image, fractional_intensity, robust):
    """Make a brain mask with `bet <in> <out> -f <fractional_intensity> -m [-R]`.

    Args:
        image: nibabel image of a head with skull, shape (x, y, z).
        fractional_intensity: BET's -f, between 0 and 1; smaller gives a larger brain.
        robust: Whether BET is repeated to find the centre of the brain (-R).

    Returns:
        True in the brain, shape (x, y, z).

    Raises:
        FSLError: BET failed. Its mask is checked too, since BET may fail with exit status 0.
    """
    with _workspace(image) as (path_to_image, folder):
        _run(
            "bet",
            str(path_to_image),
            str(folder / "brain"),
            fracintensity=fractional_intensity,
            mask=True,
            robust=robust,
        )
        return _read("bet", folder / "brain_mask.nii.gz", image.shape) > 0.5


def fast(image, n_iterations, mrf_weight, bias_fwhm_mm):
    """Segment tissue with `fast -t 1 -n 3 -H <mrf_weight> -I <n> -l <fwhm> -b`.

    Args:
        image: nibabel image of the brain-extracted T1-weighted scan (0 outside), shape (x, y, z).
        n_iterations: Iterations of bias field estimation, FAST's -I.
        mrf_weight: Spatial smoothness of the classes, FAST's -H.
        bias_fwhm_mm: Smoothness of the bias field in mm, FAST's -l.

    Returns:
        Hard segmentation `_seg` (0 none, 1 CSF, 2 GM, 3 WM), shape (x, y, z); partial volumes
        `_pve_*`, shape (3, x, y, z); multiplicative bias field, shape (x, y, z).

    Raises:
        FSLError: FAST failed.
    """
    with _workspace(image) as (path_to_image, folder):
        _run(
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
            _read("fast", folder / f"brain_{name}.nii.gz", image.shape)
            for name in ("seg", "bias", "pve_0", "pve_1", "pve_2")
        )
        return np.rint(labels).astype(np.uint8), np.stack(fractions), bias


@contextmanager
def _workspace(image):
    """Save the image for FSL; yield its path and a folder, both temporary."""
    with tempfile.TemporaryDirectory(prefix="contrast2map-fsl-") as name:
        path_to_image = Path(name) / "image.nii.gz"
        data = np.nan_to_num(np.asarray(image.dataobj, dtype=np.float32), posinf=0, neginf=0)
        nibabel.Nifti1Image(data, image.affine).to_filename(path_to_image)
        yield path_to_image, Path(name)


def _run(tool, *arguments, **options):
    """Run a command through fslpy; report a failure in one line."""
    from fsl import wrappers  # here, because it is slow to load and needed only with FSL
    from fsl.utils.run import FSLNotPresent

    output = []
    logger.info("Run %s (%s)", tool, version())
    try:
        with _nifti_gz():
            log = {"tee": False, "stdout": output.append, "stderr": output.append}
            getattr(wrappers, tool)(*arguments, **options, log=log)
    except (FSLNotPresent, OSError, RuntimeError) as error:
        reason = " ".join(f"{error}: {''.join(output)}".split())
        raise FSLError(f"FSL's {tool} failed: {reason}") from error
    if output:
        logger.info("Output of %s: %s", tool, "".join(output).strip())


@contextmanager
def _nifti_gz():
    """Set FSLOUTPUTTYPE, without which FSL's tools write no file."""
    before = os.environ.get("FSLOUTPUTTYPE")
    os.environ["FSLOUTPUTTYPE"] = "NIFTI_GZ"
    try:
        yield
    finally:
        if before is None:
            del os.environ["FSLOUTPUTTYPE"]
        else:
            os.environ["FSLOUTPUTTYPE"] = before


def _read(tool, path, shape):
    """Read and check the output of a tool, shape (x, y, z)."""
    if not path.is_file():
        raise FSLError(f"FSL's {tool} failed: {path.name} is missing.")
    try:
        data = np.asarray(nibabel.load(path).dataobj, dtype=np.float32)
    except (nibabel.filebasedimages.ImageFileError, OSError, EOFError) as error:
        raise FSLError(f"FSL's {tool} failed: {path.name} cannot be read ({error}).") from error
    if data.shape != tuple(shape):
        raise FSLError(f"FSL's {tool} failed: {path.name} has shape {data.shape}, not {shape}.")
    if not data.any():
        raise FSLError(f"FSL's {tool} failed: {path.name} is empty.")
    return data
