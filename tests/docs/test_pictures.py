"""Pictures of the documentation stay small."""

import io

import numpy as np
import pytest
from PIL import Image

from pages.pictures import shrink


def png_of(values):
    written = io.BytesIO()
    Image.fromarray(values).save(written, "PNG")
    return written.getvalue()


def test_a_picture_that_does_not_compress_is_narrowed_until_it_fits(rng):
    noise = png_of(rng.integers(0, 256, (120, 240, 3), dtype=np.uint8))
    small = shrink(noise, widest_pixels=230, n_bytes=8_000)
    picture = Image.open(io.BytesIO(small))
    assert len(small) <= 8_000 and picture.mode == "P"
    assert picture.width < 230 and picture.width / picture.height == pytest.approx(2, rel=0.02)


def test_a_picture_that_fits_keeps_its_width_and_is_never_widened():
    plain = png_of(np.full((40, 300, 3), 7, dtype=np.uint8))
    for widest, width in [(200, 200), (900, 300)]:
        small = Image.open(io.BytesIO(shrink(plain, widest, n_bytes=10_000)))
        assert small.width == width
        assert small.convert("RGB").getpixel((5, 5)) == (7, 7, 7)


def test_a_picture_that_cannot_fit_is_an_error(rng):
    noise = png_of(rng.integers(0, 256, (120, 120, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match="500 bytes"):
        shrink(noise, widest_pixels=120, n_bytes=500)
