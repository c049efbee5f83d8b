"""The pages of a finished study in a real browser: complete, offline, sorted, accessible."""

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from chromium import CHROMIUM, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

AXE = Path(__file__).parents[1] / "browser/node_modules/axe-core/axe.min.js"
REPORT = "report/index.html"
SUPPLEMENT = "report/supplement.html"
PAGES = (REPORT, SUPPLEMENT, "quality/index.html", "quality/sub-01.html", "tables/agreement.html")
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
            path, _, anchor = target.partition("#")
            file = study / "results/tiny/report" / path
            assert file.is_file(), target
            assert not anchor or f'id="{anchor}"' in file.read_text(), target


def test_the_verdict_comes_first_with_one_sentence_per_question(visit):
    page = visit()
    words = page.eval_on_selector_all(".verdict p", "all => all.map(p => p.dataset.word)")
    assert words[:2] == ["simulated", "all included"] and words[-1] == "tests"
    assert len(words) in (7, 8)  # with convergence, if it is assessed
    order = page.eval_on_selector_all("#verdict, h2[id]", "all => all.map(each => each.id)")
    assert order[:5] == ["verdict", "figure-2", "regions", "table-2", "table-1"]
    assert order[5:] == ["figure-3", "lesions", "truth", "subjects", "methods", "provenance"]


def test_clicking_a_heading_sorts_subjects_also_by_keyboard(visit):
    page = visit()
    column = "T1 mean absolute error (ms)"
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


@pytest.mark.parametrize("name", [REPORT, SUPPLEMENT])
def test_no_table_needs_scrolling_on_a_wide_screen(name, visit):
    page = visit(name)
    too_wide = page.eval_on_selector_all(
        "div.scroll",
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)",
    )
    assert too_wide == []


def test_the_headings_of_a_row_stay_in_view_on_a_phone(visit):
    page = visit(width=400)
    region = page.locator('div.scroll[aria-label^="Table 2"]')
    region.evaluate("e => { e.scrollLeft = 400; }")
    left = region.evaluate("e => e.getBoundingClientRect().left")
    for name in (".h0", ".h1"):
        cell = region.locator(f"tbody tr:first-child {name}").bounding_box()
        assert left - 1 <= cell["x"] < left + 100


def test_a_phone_gets_figures_of_one_column(visit):
    widths = {
        width: visit(width=width).eval_on_selector_all(
            "figure picture:has(source) img", "all => all.map(img => img.naturalWidth)"
        )
        for width in (400, 1400)
    }
    assert len(widths[400]) > 4
    assert all(narrow < wide for narrow, wide in zip(widths[400], widths[1400], strict=True))


def test_pictures_have_alternative_texts_and_headings_are_in_order(visit):
    page = visit()
    texts = page.eval_on_selector_all("figure img", "all => all.map(img => img.alt)")
    assert len(texts) >= 7 and all(len(text) > 20 for text in texts)
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
    assert 3 < len(sheets) <= 10
    assert all(sheet.extract_text().count("SIMULATED COHORT") == 1 for sheet in sheets)
    assert (study / "results/tiny" / REPORT).stat().st_size < LARGEST_MB * 1e6
