"""Ratings, sorting and flicker in a real browser, offline."""

import html
import json
import re
import shutil
import subprocess

import pytest

from contrast2map.study import ratings
from quality_study import write_pages

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--enable-logging=stderr --dump-dom"
).split()
BUDGETS_MS = (2_000, 20_000, 200_000, 2_000_000)
# A click on the link that saves would wait for a user; keep what it would save instead.
BEFORE = """
const files = [], one = (name) => document.querySelector(name);
URL.createObjectURL = (file) => { files.push(file); return "blob:kept"; };
HTMLAnchorElement.prototype.click = () => {};
const enter = (field, value) => { field.value = value; field.dispatchEvent(new Event("change")); };
const give = (text) => {
  const input = one("input.load"), sent = new DataTransfer();
  sent.items.add(new File([text], "given.tsv"));
  input.files = sent.files;
  one(".message").textContent = "";
  input.dispatchEvent(new Event("change"));
  return new Promise((done) => {
    const look = () => (one(".message").textContent ? done() : setTimeout(look, 5));
    look();
  });
};
const saved = () => { one("button.save").click(); return files.pop().text(); };
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Folder of the pages of a small study."""
    return write_pages(tmp_path_factory.mktemp("study"))


@pytest.fixture
def visit(pages, tmp_path):
    """Function that opens a page with an anchor, runs a script in it and returns its result."""

    def run(name, script, anchor="", before="", flags=(), may_complain=False):
        text = (pages / name).read_text()
        driver = (
            f"<script>(async () => {{ {BEFORE} {script} }})()"
            ".catch((error) => String(error.stack)).then((found) => {"
            'const outcome = document.createElement("pre"); outcome.id = "outcome";'
            "outcome.textContent = JSON.stringify(found); document.body.append(outcome); });"
            "</script></body>"
        )
        text = text.replace("</body>", driver).replace(
            "<body", f"<script>{before}</script><body", 1
        )
        (tmp_path / name).write_text(text)
        profile = tmp_path / "profile"
        # On a busy machine virtual time runs out before the page is read: then allow more. A try
        # that was cut off may have stored ratings: each starts with the last visit's profile.
        for budget_ms in BUDGETS_MS:
            attempt = tmp_path / f"profile_{budget_ms}"
            if profile.exists():
                shutil.copytree(profile, attempt, symlinks=True)
            command = [
                CHROMIUM, *FLAGS, *flags, f"--virtual-time-budget={budget_ms}",
                f"--user-data-dir={attempt}", (tmp_path / name).as_uri() + anchor,
            ]  # fmt: skip
            result = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert may_complain or "CONSOLE" not in result.stderr, result.stderr[-2000:]
            outcome = re.search(r'<pre id="outcome">(.*?)</pre>', result.stdout, re.DOTALL)
            if outcome:
                shutil.rmtree(profile, ignore_errors=True)
                attempt.rename(profile)
                break
            shutil.rmtree(attempt)
        assert outcome, result.stderr[-2000:]
        return json.loads(html.unescape(outcome[1]))

    return run


def test_a_page_sends_no_request_and_its_policy_forbids_requests(visit):
    watch = (
        "const refused = []; document.addEventListener('securitypolicyviolation',"
        " (event) => refused.push(event.blockedURI));"
    )
    for name in ("index.html", "sub-01.html"):
        loaded, refused, then = visit(
            name,
            """
            const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
            const before = [...refused], picture = new Image();
            picture.src = "http://127.0.0.1:9/elsewhere.png";
            await new Promise((done) => setTimeout(done, 100));
            return [loaded.filter((name) => !name.startsWith("data:")), before, refused];""",
            before=watch,
            may_complain=True,
        )
        assert loaded == refused == []
        assert then == ["http://127.0.0.1:9/elsewhere.png"]


def test_a_rating_of_the_overview_is_exported_and_read(visit, tmp_path):
    exported = visit(
        "index.html",
        """
        enter(one(".rater"), "AB");
        enter(one('[data-rate="02"] .rating'), "exclude");
        enter(one('[data-rate="02"] .comment'), 'motion\\t"bad" \\\\ slice');
        return saved();""",
    )
    path = tmp_path / "ratings.tsv"
    path.write_text(exported)
    found = ratings.read(path, ["01", "02", "03", "04"])
    assert found == {
        "01": ("unrated", ""),
        "02": ("exclude", 'motion\t"bad" \\ slice'),
        "03": ("unrated", ""),
    }
    assert "sub-02\texclude\tAB\t" in exported


def test_a_rating_of_a_subjects_page_reaches_the_overview(visit, tmp_path):
    link, own = visit(
        "sub-01.html",
        """
        one('input[value="include"]').click();
        enter(one(".comment"), "sharp");
        return [one("a.to-overview").href, await saved()];""",
    )
    assert "sub-01\tinclude\t\tsharp\n" in own
    # Chromium needs no link, because pages opened from disk share their storage ...
    assert "sub-01\tinclude\t\tsharp\n" in visit("index.html", "return saved();")
    # ... other browsers transfer the ratings by the link.
    shutil.rmtree(tmp_path / "profile")
    anchor = "#" + link.partition("#")[2]
    exported, address, back = visit(
        "index.html",
        "return [await saved(), location.hash, one('[data-rate=\"01\"] a').href];",
        anchor,
    )
    assert "sub-01\tinclude\t\tsharp\n" in exported
    assert address == "" and "#ratings=" in back


def test_without_storage_the_links_transfer_ratings_and_the_page_says_so(visit):
    forbid = (
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }});"
    )
    words, link = visit(
        "sub-02.html",
        "one('input[value=\"exclude\"]').click();"
        'return [one(".kept").textContent, one("a.to-overview").href];',
        before=forbid,
    )
    assert "stores nothing" in words and "lost" in words
    exported = visit("index.html", "return saved();", "#" + link.partition("#")[2], before=forbid)
    assert "sub-02\texclude" in exported


def test_an_address_can_contain_only_valid_ratings(visit):
    record = {"rating": "exclude", "time": 1, "comment": ""}
    wrong = [
        {"study": "tiny", "ratings": {"01": record | {"rating": "<b>exclude"}}},
        {"study": "tiny", "ratings": {"01": record | {"time": "exclude"}}},
        {"study": "another", "ratings": {"01": record}},
        {"study": "tiny", "ratings": None},
    ]
    addresses = [*map(json.dumps, wrong), "%", "1", "null"]
    right = json.dumps({"study": "tiny", "ratings": {"01": record}})
    found = visit(
        "index.html",
        f"""
        const found = [];
        for (const address of {json.dumps([*addresses, right])}) {{
          history.replaceState(null, "", "#ratings=" + address);
          window.dispatchEvent(new Event("pageshow"));
          found.push((await saved()).includes("exclude"));
        }}
        return found;""",
    )
    assert found == [False] * len(addresses) + [True]


def test_an_exported_file_can_be_loaded_and_a_wrong_one_changes_nothing(visit):
    header = "subject\\trating\\trater\\tcomment\\n"
    good, refused, exported = visit(
        "index.html",
        f"""
        await give('{header}sub-01\\texclude\\tX\\t"a ""b"" \\\\\\\\t"\\n02\\tinclude\\t\\t\\n');
        const good = one(".message").textContent, before = await saved(), refused = [];
        for (const text of ["", "subject\\n01", "{header}77\\tinclude\\t\\t\\n",
          "{header}01\\tmaybe\\t\\t\\n", "{header}01\\tinclude\\t\\t\\n01\\texclude\\t\\t\\n"]) {{
          await give(text);
          refused.push(one(".message").textContent);
        }}
        return [good, refused, [before, await saved()]];""",
    )
    assert good == "2 ratings loaded from given.tsv."
    assert all(words.startswith("Nothing was loaded") for words in refused)
    assert ["columns" in refused[0], "77" in refused[2], "maybe" in refused[3]] == [True] * 3
    assert exported[0] == exported[1]
    assert 'sub-01\texclude\tX\t"a ""b"" \\\\t"\n' in exported[0]


def test_columns_sort_both_ways_with_missing_values_last(visit):
    orders, sorts, hidden, calm = visit(
        "index.html",
        """
        const order = () => [...document.querySelectorAll("tbody th")].map((th) => th.dataset.sort);
        const heading = [...document.querySelectorAll("thead th")]
          .find((th) => th.textContent.startsWith("flair rotation"));
        const orders = [order()], sorts = [];
        for (let i = 0; i < 2; i++) {
          heading.querySelector("button").click();
          orders.push(order());
          sorts.push(heading.getAttribute("aria-sort"));
        }
        enter(one("select.filter"), "flagged");
        const hidden = [...document.querySelectorAll("tr[hidden] th")].map((th) => th.dataset.sort);
        const cell = one("td.calm"), calm = [getComputedStyle(cell).display];
        one("input.all-measures").click();
        calm.push(getComputedStyle(cell).display);
        return [orders, sorts, hidden, calm];""",
    )
    assert orders == [["03", "04", "02", "01"], ["01", "02", "03", "04"], ["03", "02", "01", "04"]]
    assert sorts == ["ascending", "descending"]
    assert hidden == ["01"] and calm == ["none", "table-cell"]


FLICKER = """
const layer = one(".flicker"), panel = one(".hold"), button = one(".flicker-button");
const runs = () => getComputedStyle(layer).animationName;
const found = [runs(), button.textContent];
button.click();
found.push(runs(), getComputedStyle(layer).visibility);
const press = (type) =>
  panel.dispatchEvent(new KeyboardEvent(type, {key: " ", cancelable: true, bubbles: true}));
press("keydown");
found.push(getComputedStyle(layer).visibility);
press("keyup");
found.push(getComputedStyle(layer).visibility);
one('input[value="brain"]').click();
found.push(getComputedStyle(one(".outline.brain")).visibility);
return found;
"""


def test_the_flicker_pauses_and_a_held_key_shows_the_target(visit):
    found = visit("sub-01.html", FLICKER)
    expected = "flicker, Pause flicker, none, visible, hidden, visible, hidden"
    assert ", ".join(found) == expected


def test_the_flicker_respects_the_setting_for_reduced_motion(visit):
    found = visit("sub-01.html", FLICKER, flags=["--force-prefers-reduced-motion"])
    assert found[:2] == ["none", "Start flicker"] and found[2] == "flicker"
