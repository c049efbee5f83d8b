"""Sizes of voxels and grids in words, without any imaging package."""


def size_words(edges_mm):
    """Edges of a voxel or a field of view in words, such as "1 × 1 × 3.5 mm"; "" for none."""
    edges = " × ".join(f"{edge:.4g}" for edge in edges_mm)
    return f"{edges} mm" if edges else ""


def shape_words(shape):
    """Number of voxels along each axis in words, such as "128 × 128 × 96"."""
    return " × ".join(map(str, shape))
