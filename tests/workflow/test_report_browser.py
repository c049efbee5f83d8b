"""The pages of a finished study in a real browser: complete, offline, sorted, accessible."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from chromium import CHROMIUM, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

AXE = Path(__file__).parents[1] / "browser/node_modules/axe-core/axe.min.js"
REPORT = "report/index.html"
PAGES = (REPORT, "quality/index.html", "quality/sub-01.html", "tables/agreement.html")
LARGEST_MB = 15
DRIVER = "GPU stall due to ReadPixels"  # software WebGL complains of itself


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture
def visit(chromium, study):
    """Function that opens a page of the study; what it asks for and complains of is collected."""
    opened = []

    def open_page(name=REPORT, width=1400, **context):
        page = chromium.new_page(viewport={"width": width, "height": 900}, **context)
        page.asked_for, page.complaints = [], []
        page.on("request", lambda request: page.asked_for.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto((study / "results/tiny" / name).as_uri())
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_errors_and_loads_nothing_else(name, visit):
    page = visit(name)
    assert page.complaints == []
    assert [url for url in page.asked_for[1:] if not url.startswith(("data:", "blob:"))] == []


def test_every_link_within_the_report_works(visit, study):
    targets = visit().eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    assert len(targets) > 15
    text = (study / "results/tiny" / REPORT).read_text()
    for target in set(targets):
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in text, target
        elif not target.startswith("https://"):
            assert (study / "results/tiny/report" / target).is_file(), target


def test_the_verdict_comes_first_and_has_three_sentences(visit):
    page = visit()
    words = page.eval_on_selector_all(".verdict p", "all => all.map(p => p.dataset.word)")
    assert words[:2] == ["simulated", "all included"] and len(words) == 3
    order = page.eval_on_selector_all("#verdict, h2[id]", "all => all.map(each => each.id)")
    assert order[:4] == ["verdict", "table-1", "table-2", "figure-1"]
    assert order.index("figure-3") < order.index("agreement") < order.index("truth")
    assert order.index("truth") < order.index("training") < order.index("subjects")


def test_clicking_a_heading_sorts_subjects_also_by_keyboard(visit):
    page = visit()
    column = "T1 MAE (ms)"
    button = page.get_by_role("button", name=column)

    def shown():
        cells = "table.subjects tbody tr td:nth-child(7)"
        return [float(text) for text in page.locator(cells).all_inner_texts()]

    before = shown()
    button.click()
    assert shown() == sorted(before) and len(before) == 4
    button.focus()
    page.keyboard.press("Enter")
    assert shown() == sorted(before, reverse=True)
    assert page.locator("th[aria-sort]").all_inner_texts() == [column]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_accessibility_problem(name, scheme, visit):
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (tests/browser/install.sh)")
    page = visit(name, color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run().then(found => found.violations)")
    serious = [
        (each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("width", [400, 1400])
def test_a_page_fits_the_width_of_the_window(width, visit):
    for name in PAGES:
        page = visit(name, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_pictures_have_alternative_texts_and_headings_are_in_order(visit):
    page = visit()
    texts = page.eval_on_selector_all("figure img", "all => all.map(img => img.alt)")
    assert len(texts) >= 8 and all(len(text) > 20 for text in texts)
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(h => +h.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_the_viewer_opens_in_the_whole_report(visit):
    page = visit()
    assert page.locator("#viewer").get_attribute("data-state") == "closed"
    page.get_by_role("button", name="Open the viewer").click()
    page.wait_for_selector('#viewer[data-state="open"]', timeout=60_000)
    page.locator(".viewer-place", has_text=re.compile(r"Voxel \d")).wait_for()
    assert [words for words in page.complaints if DRIVER not in words] == []
    assert all(url.startswith(("data:", "blob:")) for url in page.asked_for[1:])


def test_the_print_is_small_and_has_the_banner_on_every_page(visit, study, tmp_path):
    page = visit()
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    sheets = PdfReader(tmp_path / "report.pdf").pages
    assert len(sheets) > 8
    assert all("SIMULATED" in sheet.extract_text().upper() for sheet in sheets)
    assert (study / "results/tiny" / REPORT).stat().st_size < LARGEST_MB * 1e6
