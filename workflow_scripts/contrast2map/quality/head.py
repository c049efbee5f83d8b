"""What the page of one subject is drawn from: the head, and the pictures that the page keeps."""

from dataclasses import dataclass, field

import numpy as np

from contrast2map.figures import style
from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.quality import pictures, views
from contrast2map.study.terms import MS_PER_S


@dataclass(frozen=True)
class Head:
    """What preprocessing left of one subject, all on the grid of the target scan (RAS).

    Attributes:
        scans: Registered images by name, each of shape (x, y, z); the target and T1 among them.
        target: Name of the target scan.
        brain: Brain mask, same shape.
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), same shape.
        rois: Labels of `masks.ROI_LABELS`, same shape.
        slices: slices.Slices of the subject; may hold none.
        voxel_mm: Voxel edges along x, y, z.
        box: Box of the head that the pictures show.
        windows: Values of each scan that become black and white, by name.
    """

    scans: dict
    target: str
    brain: np.ndarray
    tissue: np.ndarray
    rois: np.ndarray
    slices: object
    voxel_mm: tuple
    box: tuple = field(init=False)
    windows: dict = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "box", views.head_box(self.scans[self.target], self.brain))
        windows = {name: self._window(name) for name in self.scans}
        object.__setattr__(self, "windows", windows)

    def cut(self, volume, view):
        """A view of a volume within the box."""
        inside = list(self.box)
        axis = views.AXES[view.plane]
        inside[axis] = slice(view.index, view.index + 1)
        return views.cut(volume[tuple(inside)], views.View(view.plane, 0))

    def _window(self, name):
        if name in style.WINDOWS_MS:
            return tuple(bound / MS_PER_S for bound in style.WINDOWS_MS[name])
        return views.grey_window(self.scans[name], self.brain)

    def lacks(self):
        """What a failed step left empty, in words by name."""
        empty = {
            "brain": not (self.brain > 0).any(),
            "tissue": not (self.tissue > 0).any(),
            "slices": len(self.slices.slice_indices) == 0,
        }
        empty |= {f"registered {name}": not scan.any() for name, scan in self.scans.items()}
        empty |= {
            f"region {name}": not (self.rois == label).any() for name, label in ROI_LABELS.items()
        }
        return [name for name, is_empty in empty.items() if is_empty]


class Pictures:
    """The pictures and outlines of a page, each kept once under a name."""

    def __init__(self):
        self.images = {}
        self.paths = {}

    def image(self, name, make, lossless=False):
        """Keep what `make` returns under a name, unless it is there; returns the name."""
        if name not in self.images:
            picture = make()
            height, width = picture.shape[:2]
            uri = pictures.data_uri(picture, lossless)
            self.images[name] = {"uri": uri, "width": width, "height": height}
        return name

    def path(self, name, make):
        """Keep the outlines of the mask that `make` returns; returns the name."""
        if name not in self.paths:
            self.paths[name] = pictures.svg_path(pictures.outlines(make()))
        return name


def thumbnail(head):
    """The brain's outline on three views of the target, as a small PIL picture."""
    _, axial, _, *side = views.few_views(head.brain, head.box)
    planes = [
        (
            head.cut(head.scans[head.target], view),
            head.cut(head.brain, view),
            views.pixel_mm(head.voxel_mm, view.plane),
        )
        for view in (axial, *side)
    ]
    return pictures.thumbnail(planes, head.windows[head.target])
