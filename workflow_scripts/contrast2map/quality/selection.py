"""The slice selection of a subject, as shown on its quality-control page."""

import csv


def read(path):
    """Read slice_selection.tsv: slice (int), brain_area_mm2 (float), selected (bool), reason."""
    with open(path, newline="") as table:
        return [
            row
            | {
                "slice": int(row["slice"]),
                "brain_area_mm2": float(row["brain_area_mm2"]),
                "selected": row["selected"] == "True",
            }
            for row in csv.DictReader(table, delimiter="\t")
        ]


def describe(rows):
    """Summarise the used slices, the reasons for exclusion, and a bar chart of brain areas.

    Args:
        rows: Rows of `read`.
    """
    selected = [row["slice"] for row in rows if row["selected"]]
    reasons = {}
    for row in rows:
        if not row["selected"]:
            reasons.setdefault(row["reason"], []).append(row["slice"])
    largest_mm2 = max((row["brain_area_mm2"] for row in rows), default=0.0)
    bars = []
    for row in rows:
        # Empty slices get a visible bar, too.
        height = round(max(100 * row["brain_area_mm2"] / largest_mm2, 2) if largest_mm2 else 2, 1)
        why = f" ({row['reason']})" if row["reason"] else ""
        bars.append(
            {
                "x": row["slice"],
                "y": round(100 - height, 1),
                "height": height,
                "selected": row["selected"],
                "title": f"slice {row['slice']}: {row['brain_area_mm2'] / 100:.0f} cm²{why}",
            }
        )
    return {
        "n_slices": len(rows),
        "n_selected": len(selected),
        "ranges": ranges(selected),
        "reasons": [
            {"reason": reason or "no reason given", "ranges": ranges(found), "n": len(found)}
            for reason, found in sorted(reasons.items(), key=lambda item: item[1][0])
        ],
        "chart": {"width": len(rows), "bars": bars, "largest": f"{largest_mm2 / 100:.0f}"},
    }


def ranges(indices):
    """Slice numbers as text: 0–3, 7, 9–12."""
    runs = []
    for index in sorted(indices):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def mark_unselected(tile, rows, box, voxel_mm):
    """Add bars to a sagittal tile over the excluded slices.

    Args:
        tile: Tile of `panels.selection_tile`.
        rows: Rows of `read`.
        box: Bounding box of the head; its third element gives the axial slices that the tile shows.
        voxel_mm: Thickness of an axial slice.
    """
    bars = [
        {
            "y_mm": round((box[2].stop - 1 - row["slice"]) * voxel_mm, 2),
            "height_mm": round(voxel_mm, 2),
        }
        for row in rows
        if not row["selected"] and box[2].start <= row["slice"] < box[2].stop
    ]
    return tile | {"bars": bars}
