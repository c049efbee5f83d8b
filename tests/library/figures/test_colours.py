"""Maps are drawn in the colours recommended for their quantity."""

import numpy as np

from contrast2map.figures import colours


def test_the_window_of_a_map_spans_its_colours():
    values = np.array([[-1.0, 0.0, np.nan], [0.5, 1.0, 9.0]])
    for quantity, colour_map in colours.OF_QUANTITY.items():
        picture = colours.picture(values, (0, 1), quantity)
        assert picture.shape == (2, 3, 3) and picture.dtype == np.uint8
        first, last = (np.round(255 * np.array(colour_map(end)[:3])) for end in (0.0, 1.0))
        assert (np.abs(picture[0] - first) <= 1).all()
        assert (np.abs(picture[1, 1:] - last) <= 1).all()


def test_the_colours_of_t1_t2_and_errors_are_lipari_navia_and_vik():
    assert colours.OF_QUANTITY["T1"].name.endswith("lipari")
    assert colours.OF_QUANTITY["T2"].name.endswith("navia")
    assert colours.OF_ERROR.name.endswith("vik")


def test_brightness_rises_with_the_value():
    for colour_map in colours.OF_QUANTITY.values():
        brightness = colour_map(np.linspace(0, 1, 256))[:, :3] @ [0.2126, 0.7152, 0.0722]
        assert (np.diff(brightness) > -1e-3).all()
