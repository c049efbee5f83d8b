"""Pictures of a finished demo for the README: `make gallery`, after `make demo`.

Needs Chromium (tests/browser/install.sh). The pictures are small, to keep the repository small.
"""

import io
import sys
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "library"))
import chromium

FOLDER = Path(__file__).parent / "gallery"
WIDTH = 1100


def main(results):
    """Create the pictures."""
    results = Path(results).resolve()
    FOLDER.mkdir(exist_ok=True)
    with chromium.browser() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 760})
        page.goto((results / "report/index.html").as_uri())
        keep("verdict", page.screenshot())
        page.get_by_role("button", name="Open the viewer").click()
        page.wait_for_selector('#viewer[data-state="open"]', timeout=120_000)
        keep("viewer", page.locator("#viewer").screenshot())
        for figure, place in (("figure_2", "#figure-2 + figure"), ("figure_3", ".together figure")):
            keep(figure, page.locator(place).first.locator("img").screenshot())
        page.goto((results / "quality/index.html").as_uri())
        keep("quality", page.screenshot())


def keep(name, png):
    """Write a picture as PNG with 128 colours."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
