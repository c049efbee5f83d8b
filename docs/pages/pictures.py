"""Pictures small enough for a repository."""

import io

from PIL import Image

# With fewer colours, T1, T2 and their errors would be shown in wrong colours.
N_COLOURS = (256, 160, 128)
SMALLER = 0.93
NARROWEST_PIXELS = 100


def shrink(png, widest_pixels, n_bytes):
    """Shrink a PNG to a maximal file size, first by its number of colours, then by its width.

    Args:
        png: Bytes of the picture.
        widest_pixels: Largest width in pixels.
        n_bytes: Largest size of the file in bytes.

    Returns:
        Bytes of the smaller picture.

    Raises:
        ValueError: The picture would be narrower than `NARROWEST_PIXELS`.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    width = min(widest_pixels, picture.width)
    while width >= NARROWEST_PIXELS:
        height = max(round(picture.height * width / picture.width), 1)
        resized = picture.resize((width, height), Image.Resampling.LANCZOS)
        for n_colours in N_COLOURS:
            written = io.BytesIO()
            few = resized.quantize(n_colours, dither=Image.Dither.NONE)
            few.save(written, "PNG", optimize=True)
            if written.tell() <= n_bytes:
                return written.getvalue()
        width = round(width * SMALLER)
    raise ValueError(
        f"picture exceeds {n_bytes} bytes even at a width of {NARROWEST_PIXELS} pixels"
    )
