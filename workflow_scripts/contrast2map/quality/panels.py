"""Image tiles on a subject's quality-control page.

A tile is a stack of layers. Layers refer to pictures by name, so the page contains each picture
only once.
"""

from functools import partial

import numpy as np

from contrast2map.figures.colours import picture as map_picture
from contrast2map.imaging.masks import ROI_LABELS, WM
from contrast2map.quality import pictures, views

N_NORMALISED = 3


def tile(head, view, layers, label):
    """Describe one tile for the template, with sizes in millimetres.

    Args:
        head: Head of the subject.
        view: Plane to show.
        layers: Dicts with kind (image, outline), name, class and text, from bottom to top.
        label: Description of the tile.
    """
    pixel_mm = views.pixel_mm(head.voxel_mm, view.plane)
    height, width = head.cut(head.brain, view).shape
    return {
        "label": f"{label}, {view.plane} slice {view.index}",
        "caption": f"{view.plane} {view.index}",
        "pixel_mm": pixel_mm,
        "width_mm": round(width * pixel_mm[0], 2),
        "height_mm": round(height * pixel_mm[1], 2),
        "layers": layers,
    }


def scan_layer(head, kept, name, view, kind=""):
    """A scan as a layer, labelled with its name."""

    def make():
        return pictures.grey(head.cut(head.scans[name], view), head.windows[name])

    key = kept.image(f"scan-{name}-{view.plane}-{view.index}", make)
    return {"kind": "image", "name": key, "class": kind, "text": name}


def outline_layer(head, kept, name, mask, view):
    """The outline of a mask as a layer."""
    key = kept.path(f"outline-{name}-{view.plane}-{view.index}", lambda: head.cut(mask, view))
    return {"kind": "outline", "name": key, "class": f"outline {name}", "text": ""}


def label_layer(head, kept, name, labels, colours, view):
    """Coloured labels as a layer."""
    key = kept.image(
        f"labels-{name}-{view.plane}-{view.index}",
        lambda: pictures.coloured(head.cut(labels, view), colours),
        lossless=True,
    )
    return {"kind": "image", "name": key, "class": "labels", "text": ""}


def registration_tiles(head, kept, scan):
    """Flicker and checkerboard tiles that compare a registered scan with the target.

    Returns:
        List of flicker tiles and list of checkerboard tiles, in the same views.
    """
    flicker, checks = [], []
    for view in views.few_views(head.brain, head.box):
        below = scan_layer(head, kept, head.target, view)
        outlines = [
            outline_layer(head, kept, "brain", head.brain, view),
            outline_layer(head, kept, "white", head.tissue == WM, view),
        ]
        above = scan_layer(head, kept, scan, view, "flicker")
        flicker.append(tile(head, view, [below, above, *outlines], f"{head.target} and {scan}"))

        def make(view=view):
            planes = [
                pictures.grey(head.cut(head.scans[name], view), head.windows[name])
                for name in (head.target, scan)
            ]
            edge = pictures.check_edge(views.pixel_mm(head.voxel_mm, view.plane))
            return pictures.checkerboard(*planes, edge)

        key = kept.image(f"checks-{scan}-{view.plane}-{view.index}", make)
        layer = {"kind": "image", "name": key, "class": "", "text": ""}
        checks.append(tile(head, view, [layer], f"Checkerboard of {head.target} and {scan}"))
    return flicker, checks


def brain_tiles(head, kept):
    """Tiles of the target with the brain outlined, as a dict mapping plane to a list of tiles."""
    return {
        plane: [
            tile(
                head,
                view,
                [
                    scan_layer(head, kept, head.target, view),
                    outline_layer(head, kept, "brain", head.brain, view),
                ],
                f"Brain mask on {head.target}",
            )
            for view in found
        ]
        for plane, found in views.views_of_brain(head.brain, head.box).items()
    }


def tissue_tiles(head, kept):
    """Tiles of tissue labels on the target, in the same views as the registration."""
    return [
        _labelled(head, kept, "tissue", head.tissue, pictures.TISSUE_COLOURS, view)
        for view in views.few_views(head.brain, head.box)
    ]


def roi_tiles(head, kept):
    """Tiles of regions on the target: one slice of putamen and thalamus, three of the slab."""
    structures = [ROI_LABELS["putamen"], ROI_LABELS["thalamus"]]
    slab = np.isin(head.rois, [ROI_LABELS["gm"], ROI_LABELS["wm"]])
    ends = views.extent(slab, 2)
    found = [views.level_of(head.rois, structures)]
    found += [views.View("axial", index) for index in (views.spread(*ends, 3) if ends else [])]
    middle = views.few_views(head.brain, head.box)[-1]
    shown = [view for view in found if view is not None]
    return [
        _labelled(head, kept, "rois", head.rois, pictures.ROI_COLOURS, view)
        for view in ([*shown, middle] if shown else [])
    ]


def selection_tile(head, kept):
    """The middle sagittal view, on which the template marks the selected slices."""
    middle = views.few_views(head.brain, head.box)[-1]
    return tile(head, middle, [scan_layer(head, kept, head.target, middle)], "Selected slices")


def normalised_rows(head, kept):
    """Tiles of normalised slices, as the network reads them: a row per slice, a tile per channel.

    Returns:
        List of (slice number, tiles); empty if no slice was selected. The caption of a tile gives
        the value shown in white or, for a map, in the brightest colour.
    """
    slices = head.slices
    n_slices = len(slices.slice_indices)
    if n_slices == 0:
        return []
    brain = np.asarray(slices.brain)
    ends = [views.extent(brain, axis) or (0, brain.shape[axis] - 1) for axis in (1, 2)]
    box = tuple(slice(first, last + 1) for first, last in ends)
    channels = {name: slices.inputs[..., i] for i, name in enumerate(slices.contrasts)}
    channels |= {name: slices.maps[..., i] for i, name in enumerate(slices.quantities)}
    whites = {}
    for name, values in channels.items():
        # Twice the median of a map saturates CSF and keeps grey and white matter distinguishable.
        inside = values[brain] if brain.any() else values
        is_map = name in slices.quantities
        whites[name] = float(2 * np.median(inside) if is_map else np.percentile(inside, 99))
    numbers = sorted({n_slices * part // (2 * N_NORMALISED) for part in (1, 3, 5)})
    return [
        (
            int(slices.slice_indices[number]),
            [
                _normalised(
                    head,
                    kept,
                    name,
                    int(slices.slice_indices[number]),
                    values[number][box][::-1],
                    whites[name],
                )
                for name, values in channels.items()
            ],
        )
        for number in numbers
    ]


def _normalised(head, kept, name, index, plane, white):
    """Tile of one channel of a normalised slice."""
    is_map = name in head.slices.quantities
    draw = partial(map_picture, quantity=name) if is_map else pictures.grey
    key = kept.image(f"normalised-{name}-{index}", lambda: draw(plane, (0, white)))
    pixel_mm = views.pixel_mm(head.voxel_mm, "axial")
    return {
        "label": f"Normalised {name}, axial slice {index}",
        "caption": f"{name}, {'brightest' if is_map else 'white'} = {white:.2f}",
        "pixel_mm": pixel_mm,
        "width_mm": round(plane.shape[1] * pixel_mm[0], 2),
        "height_mm": round(plane.shape[0] * pixel_mm[1], 2),
        "layers": [{"kind": "image", "name": key, "class": "", "text": ""}],
    }


def _labelled(head, kept, name, labels, colours, view):
    layers = [
        scan_layer(head, kept, head.target, view),
        label_layer(head, kept, name, labels, colours, view),
    ]
    return tile(head, view, layers, name.capitalize())
