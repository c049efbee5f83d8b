"""Export the network of any protocol to ONNX, with what a user of it must do before and after."""

import importlib.util
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np

from contrast2map.any_protocol.encoding import SMALLEST, TYPICAL, n_numbers
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.maps import shipped
from contrast2map.maps.any_protocol_model import NETWORK
from contrast2map.maps.shipped import CARD

NEEDED = ("onnx", "tf2onnx")
MODEL, GUIDE = "network.onnx", "README.md"


class ExportError(ValueError):
    """The network cannot be exported; the message is one line."""


def export(folder):
    """Write network.onnx, a guide and the model card.

    Args:
        folder: Folder to write; it must be empty or not exist.

    Raises:
        ExportError: A package is missing, or the folder has other contents.
    """
    folder = Path(folder)
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ExportError(
            f"export needs {' and '.join(missing)}, not installed; run: python -m pip install "
            f"{' '.join(missing)}"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(f"{folder}: is not an empty folder; choose a new folder")
    model = shipped.load(shipped.open_model())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        ready = Path(work) / "export"
        ready.mkdir()
        network, divisor = model.networks[NETWORK].model, model.networks[NETWORK].divisor
        # tf2onnx exports only models that were called.
        n_context = n_numbers(len(SLOTS), len(PROTOCOL_FIELDS))
        network([np.zeros((1, divisor, divisor, len(SLOTS))), np.zeros((1, n_context))])
        network.export(str(ready / MODEL), format="onnx", verbose=False)
        (ready / GUIDE).write_text(guide(model, divisor))
        shutil.copy(shipped.FOLDER / CARD, ready)
        if folder.exists():
            folder.rmdir()
        ready.rename(folder)


def guide(model, divisor):
    """How to use the exported network, as Markdown.

    Args:
        model: AnyProtocolModel.
        divisor: Height and width of slices must be multiples of this number.
    """
    fields, per_slot = list(PROTOCOL_FIELDS), 2 * len(PROTOCOL_FIELDS) + 1
    typical = {
        name: next(value for end, value in TYPICAL.items() if name.endswith(end)) for name in fields
    }
    factors = json.dumps(model.calibration.as_record(), indent=1)
    return f"""\
# {MODEL}

The network of any protocol of contrast2map {model.version}, SHA-256 of its weights {model.sha256}.
`{CARD}` says on what it was trained. Research software, not a medical device.

## Before

1. Register all scans of a head rigidly to one of them, extract the brain, and resample to voxels
   of 0.8 to 1.2 mm in the axial plane (slices may be thicker, up to 6 mm).
2. Divide each scan by the median of its brain voxels above 0, and set voxels outside the brain to
   0. If all scans have the same gain, divide all by the median of the first in the list below.
3. Stack axial slices (rows from posterior to anterior, columns from left to right), padded with 0
   to multiples of {divisor}.

## Inputs

- `images`, float32 (slice, height, width, {len(SLOTS)}): {", ".join(SLOTS)}, in this order. A scan
  that does not exist is 0.
- `context`, float32 (slice, {n_numbers(len(SLOTS), len(fields))}): for each of the {len(SLOTS)}
  kinds of scan {per_slot} numbers, in this order: log(value / typical) of each field, 0 if unknown
  (values below {SMALLEST:g} count as {SMALLEST:g}); for each field 1 if known, otherwise 0; 1 if
  the scan exists. All are 0 for a scan that does not exist. At the end 1 if one number divides all
  scans, otherwise 0.

| field | typical | meaning |
| --- | --- | --- |
{chr(10).join(f"| {name} | {typical[name]:g} | {PROTOCOL_FIELDS[name]} |" for name in fields)}

## Output

float32 (slice, height, width, 4): log of T1 and of T2 in seconds, and the log of the spread of
each. The 90 % interval is exp(log T ± factor spread), with a factor interpolated in log T1:

```json
{factors}
```
"""
