"""Pictures small enough for a repository."""

import io

from PIL import Image

# Fewer would show T1, T2 and their errors in colours that are not theirs.
N_COLOURS = (256, 160, 128)
SMALLER = 0.93
NARROWEST_PIXELS = 100


def shrink(png, widest_pixels, n_bytes):
    """A PNG of few colours that is no larger than it may be.

    Fewer colours go first, then width.

    Args:
        png: Bytes of the picture.
        widest_pixels: Largest width.
        n_bytes: Largest size of the file.

    Returns:
        Bytes of the smaller picture.

    Raises:
        ValueError: It would have to be smaller than a picture is.
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
    raise ValueError(f"no picture of {n_bytes} bytes: not even {NARROWEST_PIXELS} pixels wide")
