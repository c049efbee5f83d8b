"""Data of a figure, as the rows of a CSV file."""

import csv
import math

import numpy as np

# Precise enough to redraw the figure.
SIGNIFICANT_DIGITS = 7
PANEL_COLUMNS = (
    "row column subject group slice first_x_voxel first_y_voxel n_x_voxels n_y_voxels "
    "voxel_x_mm voxel_y_mm shows of unit window_low window_high n_brain_voxels n_lesion_voxels "
    "mean sd percentile_1 percentile_99 mean_absolute"
).split()


def write(rows, path):
    """Write the rows of a figure; columns are in order of first appearance.

    Args:
        rows: List of dicts mapping column to value; missing values, None and NaN are written
            as empty cells.
        path: File to write.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)


def of_panels(panels):
    """Rows for a figure that consists of tiles, one per tile: content, window and statistics.

    Statistics are computed over the brain voxels that have a value. Weighted images have arbitrary
    units.

    Args:
        panels: List of rows, each a list of `tiles.Panel`.

    Returns:
        List of dictionaries; without panels, a single row of empty values.
    """
    found = [
        {"row": row, "column": column} | _of_panel(panel)
        for row, row_of_panels in enumerate(panels, 1)
        for column, panel in enumerate(row_of_panels, 1)
    ]
    return found or [dict.fromkeys(PANEL_COLUMNS)]


def _of_panel(panel):
    case, tile = panel.case, panel.tile
    values = tile.image[case.brain & np.isfinite(tile.image)]
    statistics = dict.fromkeys(("mean", "sd", "percentile_1", "percentile_99", "mean_absolute"))
    if values.size:
        low, high = np.percentile(values, (1, 99))
        statistics = {
            "mean": values.mean(),
            "sd": values.std(),
            "percentile_1": low,
            "percentile_99": high,
            "mean_absolute": np.abs(values).mean(),
        }
    unit = "a.u." if panel.of == "image" else "ms"
    place = (case.subject, case.group, case.slice_index)
    window = (*case.first_voxel, *case.brain.shape, *case.voxel_mm)
    n_lesion_voxels = int(case.lesions.sum())
    shown = (panel.shows, panel.of, unit, tile.low, tile.high, values.size, n_lesion_voxels)
    return dict(
        zip(PANEL_COLUMNS[2:], (*place, *window, *shown, *statistics.values()), strict=True)
    )


def _text(value):
    if value is None or isinstance(value, str | int):
        return value
    return "" if math.isnan(value) else f"{float(value):.{SIGNIFICANT_DIGITS}g}"
