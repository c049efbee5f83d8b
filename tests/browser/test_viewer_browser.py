"""The report's viewer in a real browser, offline, on a page of two small heads."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

import chromium
from contrast2map.figures.viewer_panels import panels_of
from contrast2map.report import viewer, viewer_volumes
from project import ROOT, STYLE

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason="Chromium is not installed")

REPORT = ROOT / "report"
# A strict policy: nothing from other sources, no eval.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; connect-src data: blob:"
)
# Counts all calls that unpacking needs.
COUNT = """
window.made = 0;
for (const [owner, name] of [[window, "DecompressionStream"], [window, "atob"], [JSON, "parse"]]) {
  const old = owner[name];
  const count = (call) => (...given) => { window.made++; return call(...given); };
  owner[name] = new Proxy(old, {apply: count(Reflect.apply), construct: count(Reflect.construct)});
}
"""
SHAPE = (22, 26, 20)
EVERY = 2
WIDTH = 1400
GREY = (58, 58, 58)  # of a voxel without a value
PANELS = ("scan", "reference", "network", "error", "spread")


def head(subject, seed):
    """A brain of random voxels on oblong ones, its x axis tilted in space."""
    rng = np.random.default_rng(seed)
    brain = np.zeros(SHAPE, bool)
    brain[4:-3, 3:-4, 2:-3] = True
    predicted = brain & (np.arange(SHAPE[2]) < 14)
    affine = np.diag([2.0, 2.5, 3.0, 1.0])
    affine[:3, 3] = [-20, -31, 5]
    affine[1, 0] = 0.3

    def times_s(longest_s):
        return rng.uniform(0, longest_s, SHAPE)

    reference_s = {"T1": times_s(2.2), "T2": times_s(0.2)}
    reference_s["T1"][10, 10, 10] = 0
    return viewer_volumes.Head(
        subject=subject,
        group="healthy",
        scan=rng.uniform(5, 900, SHAPE),
        reference_s=reference_s,
        predicted_s={
            name: 0.9 * map_s + times_s(0.2 * map_s.max()) for name, map_s in reference_s.items()
        },
        spread_s={"T1": times_s(0.12), "T2": times_s(0.02)},
        brain=brain,
        predicted=predicted,
        affine=affine,
    )


HEADS = [head("01", 1), head("02", 2)]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of a page with only the viewer: every second slice of two heads."""
    panels = {quantity: panels_of(quantity, "mprage") for quantity in ("T1", "T2")}
    packed = [viewer_volumes.pack(each, EVERY) for each in HEADS]
    found = {"subjects": packed, "every": EVERY, "n_chosen": 3, "panels": panels}
    found["poster"] = base64.b64encode(
        viewer_volumes.poster(packed[0], "T1", panels["T1"])
    ).decode()
    part = viewer.fill(
        template=(REPORT / "viewer.html.j2").read_text(),
        script=(REPORT / "viewer.js").read_text(),
        program=viewer.packed_niivue(),
        found=found,
        target="mprage",
        n_seeds=1,
        simulated=True,
    )
    style = STYLE.read_text() + (REPORT / "viewer.css").read_text()
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Viewer</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<style>{style}</style></head><body><main>{part}</main></body></html>"
    )
    return path.as_uri()


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="module")
def noted():
    """Messages and requests of the page during all tests of the opened viewer."""
    return {"complaints": [], "requests": []}


def visit(browser, address, noted, before=None):
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    page.on("pageerror", lambda error: noted["complaints"].append(str(error)))
    page.on("request", lambda request: noted["requests"].append(request.url))

    def hear(message):
        # Software rendering warns that reading pixels back is slow.
        if "GL Driver Message" not in message.text:
            noted["complaints"].append(message.text)

    page.on("console", hear)
    if before:
        page.add_init_script(before)
    page.goto(address)
    return page


@pytest.fixture(scope="module")
def page(browser, address, noted):
    """The page with its viewer open; its state before that is in `noted`."""
    opened = visit(browser, address, noted, before=COUNT)
    noted["before"] = {
        "unpacked": opened.evaluate("window.made"),
        "niivue": opened.evaluate("typeof niivue"),
        "canvases": opened.locator("canvas").count(),
        "shown": [opened.is_visible(name) for name in (".viewer-poster", ".viewer-body")],
        "requests": list(noted["requests"]),
    }
    press_open(opened)
    assert opened.get_attribute("#viewer", "data-state") == "open"
    return opened


def press_open(page):
    page.click(".viewer-open")
    page.wait_for_selector('#viewer:is([data-state="open"], [data-state="failed"])', timeout=60_000)


def go_to(page, voxel):
    """Move the sliders to a packed voxel; returns the voxel of the head."""
    for axis, value in enumerate(voxel):
        slider = page.locator(f'[data-axis="{axis}"]')
        slider.fill(str(value))
    return tuple(int(number) for number in page.get_attribute("#viewer", "data-voxel").split())


def choose(page, subject, quantity="T1", orientation="axial"):
    page.check(f'[name="viewer-orientation"][value="{orientation}"]')
    page.select_option(".viewer-subject", str(subject))
    page.check(f'[name="viewer-quantity"][value="{quantity}"]')
    # A subject is unpacked each time it is chosen, with the crosshair in the middle.
    page.wait_for_selector('#viewer:not([aria-busy="true"])')
    spread = page.get_attribute("[data-panel=spread] canvas", "aria-label")
    assert spread.startswith(f"{quantity} spread, sub-{HEADS[subject].subject}")


def values_ms(number, quantity, voxel):
    """Values of a head at a voxel in ms, by panel; NaN without a value."""
    whole = HEADS[number]
    reference = whole.reference_s[quantity][voxel] * 1000
    network, spread = (of[quantity][voxel] * 1000 for of in (whole.predicted_s, whole.spread_s))
    reference = reference if whole.brain[voxel] and reference > 0 else np.nan
    if not whole.predicted[voxel]:
        network = spread = np.nan
    return {
        "reference": reference,
        "network": network,
        "error": network - reference,
        "spread": spread,
    }


def read(page, cell):
    words = page.inner_text(f'[data-cell="{cell}"]')
    return np.nan if words == "no value" else float(words.replace("\u2212", "-"))


def test_nothing_is_unpacked_or_requested_before_the_click(page, noted, address):
    before = noted["before"]
    assert before["unpacked"] == before["canvases"] == 0 and before["niivue"] == "undefined"
    assert before["shown"] == [True, False]
    # The poster is an image within the page.
    assert [url for url in before["requests"] if not url.startswith("data:image")] == [address]
    assert page.evaluate("[window.made > 0, typeof niivue]") == [True, "object"]
    assert not page.is_visible(".viewer-poster") and page.is_visible(".viewer-body")


@pytest.mark.parametrize("number", [0, 1])
def test_the_read_out_is_the_voxel_of_each_map(page, number):
    choose(page, number)
    rng = np.random.default_rng(number)
    n_without = 0
    for voxel in [(8, 9, 5), (0, 0, 0), (6, 7, 4), *rng.integers(2, 7, (4, 3)).tolist()]:
        whole = go_to(page, voxel)
        assert whole == tuple(
            v * step + first for v, step, first in zip(voxel, (1, 1, EVERY), (2, 1, 0), strict=True)
        )
        for quantity, step in viewer_volumes.STEPS_MS.items():
            for name, expected in values_ms(number, quantity, whole).items():
                found = read(page, f"{quantity}-{name}")
                # The error is the difference of two values that are shown.
                within = step * (1 if name == "error" else 0.5) + 1e-6
                assert np.isnan(found) == np.isnan(expected), (quantity, name, whole)
                assert np.isnan(found) or abs(found - expected) <= within, (quantity, name, whole)
                n_without += bool(np.isnan(found))
            shown = {name: read(page, f"{quantity}-{name}") for name in PANELS[1:]}
            if not np.isnan(shown["error"]):
                assert shown["error"] == pytest.approx(shown["network"] - shown["reference"])
    assert n_without > 0


def picture_of(page, panel):
    """A panel as it is on the screen, its labels hidden, shape (row, column, RGB)."""
    stage = page.locator(f'[data-panel="{panel}"] .viewer-stage')
    shot = stage.screenshot(style=".viewer-stage span { visibility: hidden; }")
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


@pytest.mark.parametrize(
    "orientation, axes, quantity",
    [
        ("axial", (0, 1), "T1"),
        ("axial", (0, 1), "T2"),
        ("coronal", (0, 2), "T1"),
        ("sagittal", (1, 2), "T1"),
    ],
)
def test_each_pixel_has_the_colour_of_its_voxel(page, orientation, axes, quantity):
    choose(page, 1, quantity, orientation)
    packed = viewer_volumes.pack(HEADS[1], EVERY)
    shape, maps = packed["shape"], packed["maps"][quantity]
    volumes = {name: viewer_volumes.decode(maps[name], shape) for name in PANELS if name in maps}
    volumes["scan"] = viewer_volumes.decode(packed["scan"], shape)
    volumes["error"] = volumes["network"] - volumes["reference"]
    crosshair = (5, 6, 4)
    go_to(page, crosshair)
    n_without = 0
    for panel in panels_of(quantity, "mprage"):
        picture = picture_of(page, panel["name"])
        table = np.frombuffer(bytes.fromhex(panel["colours"]), np.uint8).reshape(-1, 3)
        for across, up in [(4, 3), (9, 7), (12, 3), (10, 2), (1, 1)]:
            voxel = list(crosshair)
            voxel[axes[0]], voxel[axes[1]] = across, up
            value = volumes[panel["name"]][tuple(voxel)]
            row = int((1 - (up + 0.5) / shape[axes[1]]) * picture.shape[0])
            column = int((across + 0.5) / shape[axes[0]] * picture.shape[1])
            colours = [GREY]
            if np.isfinite(value):
                share = (value - panel["low"]) / (panel["high"] - panel["low"])
                index = round(255 * np.clip(share, 0, 1))
                colours = table[max(index - 2, 0) : index + 3]  # of 256
            off = abs(np.subtract(colours, picture[row, column])).max(axis=1)
            assert off.min() <= 3, (panel["name"], voxel, value, picture[row, column])
            n_without += bool(np.isnan(value))
    assert n_without > 0


def test_a_click_on_one_picture_moves_the_crosshair_of_all(page):
    choose(page, 0, "T1", "coronal")
    go_to(page, (3, 6, 2))
    width, _, height = viewer_volumes.pack(HEADS[0], EVERY)["shape"]
    across, up = 8.5 / width, 5.5 / height
    before = {name: picture_of(page, name) for name in PANELS}
    stage = page.locator('[data-panel="network"] .viewer-stage')
    box = stage.bounding_box()
    stage.click(position={"x": across * box["width"], "y": (1 - up) * box["height"]})
    assert page.get_attribute("#viewer", "data-voxel") == f"{8 + 2} {6 + 1} {5 * EVERY}"
    sliders = page.locator("[data-axis]").evaluate_all("all => all.map(each => each.value)")
    assert sliders == ["8", "6", "5"]
    for name in PANELS:
        picture = picture_of(page, name)
        assert (picture != before[name]).any(), name
        is_line = (picture[..., 0] < 60) & (picture[..., 1] > 200) & (picture[..., 2] > 220)
        row, column = (is_line.mean(axis=axis).argmax() for axis in (1, 0))
        assert row / len(picture) == pytest.approx(1 - up, abs=0.5 / height), name
        assert column / picture.shape[1] == pytest.approx(across, abs=0.5 / width), name


def test_the_position_is_given_in_voxels_and_in_world_mm(page):
    choose(page, 0)
    whole = go_to(page, (4, 5, 6))
    mm = (HEADS[0].affine @ [*whole, 1])[:3]
    place = page.locator(".viewer-place", has_text=f"Voxel {', '.join(map(str, whole))}, ")
    place.wait_for()
    words = page.inner_text(".viewer-place").replace("\u2212", "-")
    assert f"at {', '.join(f'{each:.1f}' for each in mm)} mm" in words
    assert page.get_attribute(".viewer-place", "aria-live") == "polite"


def test_the_keyboard_moves_the_crosshair_and_tells_where_it_is(page):
    choose(page, 0)
    before = go_to(page, (4, 5, 6))
    slider = page.locator('[data-axis="2"]')
    slider.press("ArrowRight")
    after = [int(n) for n in page.get_attribute("#viewer", "data-voxel").split()]
    assert after == [before[0], before[1], before[2] + EVERY]
    assert slider.get_attribute("aria-valuetext") == f"voxel {after[2]}"


def test_the_toggle_changes_maps_windows_and_units(page):
    choose(page, 0, "T2")
    titles = page.locator(".viewer-panels figcaption").all_inner_texts()
    assert titles == ["MPRAGE", "T2 reference", "T2 network", "T2 error", "T2 spread"]
    ends = [each.split("\n") for each in page.locator(".viewer-ends").all_inner_texts()]
    assert ends[1] == ends[2] == ["\u2264 40", "ms", "\u2265 120"]
    assert ends[3] == ["\u2264 \u221230", "ms", "\u2265 +30"]
    choose(page, 0, "T1", "sagittal")
    assert page.locator(".viewer-stage span").all_inner_texts() == ["P", "A"] * 5
    choose(page, 0, "T1", "axial")
    assert page.locator(".viewer-stage span").all_inner_texts() == ["L", "R"] * 5


def test_it_says_what_was_omitted_and_that_it_is_simulated(page):
    words = page.inner_text("main")
    assert "every second axial slice" in words and "1 of the 3 chosen subjects is omitted" in words
    assert "2 held-out simulated subjects" in words and "not a calibrated uncertainty" in words
    assert "sub-01, healthy, simulated" in words


def test_a_narrow_screen_needs_no_sideways_scrolling(page):
    page.set_viewport_size({"width": 400, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.set_viewport_size({"width": WIDTH, "height": 900})


def test_without_webgl_the_picture_stays_and_the_page_says_so(browser, address, noted):
    page = visit(
        browser, address, noted, before="HTMLCanvasElement.prototype.getContext = () => null;"
    )
    press_open(page)
    assert page.get_attribute("#viewer", "data-state") == "failed"
    assert "no WebGL 2" in page.inner_text(".viewer-status") and page.is_visible(".viewer-poster")
    page.close()


def test_printing_shows_the_picture_in_place_of_the_controls(page):
    page.emulate_media(media="print")
    assert page.is_visible(".viewer-poster") and not page.is_visible(".viewer-body")
    page.emulate_media(media="screen")
    assert page.is_visible(".viewer-body")


def test_no_error_and_no_request_occurred(page, noted, address):
    assert noted["complaints"] == []
    outside = {url for url in noted["requests"] if not url.startswith(("data:", "blob:"))}
    assert outside == {address}
