"""Format the sizes of voxels and grids as text, without any imaging package."""


def size_words(edges_mm):
    """Format the edges of a voxel or field of view, such as "1 × 1 × 3.5 mm"; "" without edges."""
    edges = " × ".join(f"{edge:.4g}" for edge in edges_mm)
    return f"{edges} mm" if edges else ""


def shape_words(shape):
    """Format the number of voxels along each axis, such as "128 × 128 × 96"."""
    return " × ".join(map(str, shape))
