"""Data of a subject's quality-control page: the preprocessed head and the page's pictures."""

from dataclasses import dataclass, field

import numpy as np

from contrast2map.figures import colours
from contrast2map.imaging import grids, images
from contrast2map.imaging.masks import ROI_LABELS
from contrast2map.preprocessing import slices
from contrast2map.quality import pictures, views
from contrast2map.study.terms import MS_PER_S


@dataclass(frozen=True)
class Head:
    """Preprocessed images of one subject on the grid of the target scan (RAS).

    Attributes:
        scans: Registered images by name, shape (x, y, z), including the target and T1.
        target: Name of the target scan.
        brain: Brain mask, same shape.
        tissue: Tissue labels (1 CSF, 2 GM, 3 WM), same shape.
        rois: Labels of `masks.ROI_LABELS`, same shape.
        slices: slices.Slices of the subject, possibly empty.
        voxel_mm: Voxel size along x, y, z.
        box: Bounding box of the head, which the pictures show.
        windows: Black and white levels by scan name.
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

    @classmethod
    def read(cls, paths, scans, target):
        """Read a subject's preprocessed files.

        Args:
            paths: Dict mapping name to file, for each scan, brain, tissue, rois and slices.
            scans: Names of the registered images, including the target and T1.
            target: Name of the target scan.
        """
        voxel_mm = grids.voxel_size_mm(images.load(paths[target]))
        return cls(
            scans={name: images.load_values(paths[name]) for name in scans},
            target=target,
            **{name: images.load_values(paths[name]) for name in ("brain", "tissue", "rois")},
            slices=slices.load(paths["slices"]),
            voxel_mm=tuple(map(float, voxel_mm)),
        )

    def __post_init__(self):
        object.__setattr__(self, "box", views.head_box(self.scans[self.target], self.brain))
        windows = {name: self._window(name) for name in self.scans}
        object.__setattr__(self, "windows", windows)

    def cut(self, volume, view):
        """Cut a plane out of a volume, cropped to the box."""
        inside = list(self.box)
        axis = views.AXES[view.plane]
        inside[axis] = slice(view.index, view.index + 1)
        return views.cut(volume[tuple(inside)], views.View(view.plane, 0))

    def _window(self, name):
        if name in colours.WINDOWS_MS:
            return tuple(bound / MS_PER_S for bound in colours.WINDOWS_MS[name])
        return views.grey_window(self.scans[name], self.brain)

    def lacks(self):
        """Names of images, masks and regions that are empty because a step failed."""
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
    """Pictures and outlines of a page, each stored once under its name."""

    def __init__(self):
        self.images = {}
        self.paths = {}

    def image(self, name, make, lossless=False):
        """Store the picture that `make` returns unless the name exists; return the name."""
        if name not in self.images:
            picture = make()
            height, width = picture.shape[:2]
            uri = pictures.data_uri(picture, lossless)
            self.images[name] = {"uri": uri, "width": width, "height": height}
        return name

    def path(self, name, make):
        """Store the outlines of the mask that `make` returns unless the name exists; return it."""
        if name not in self.paths:
            self.paths[name] = pictures.svg_path(pictures.outlines(make()))
        return name


def thumbnail(head):
    """Small PIL image with three views of the target scan and the outline of the brain."""
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
