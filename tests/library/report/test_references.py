"""References are cited by number, listed, and given back as BibTeX."""

import pytest

from contrast2map.report import references
from contrast2map.study import published
from project import ROOT

BIBTEX = (ROOT / "report" / "references.bib").read_text()


@pytest.fixture(scope="module")
def known():
    return references.read(BIBTEX)


def test_citations_are_numbered_as_they_appear(known):
    citations = references.Citations(known)
    one = citations.cite("One [@lin1989; @bland1986].")
    assert one == 'One [<a href="#ref-lin1989">1</a>, <a href="#ref-bland1986">2</a>].'
    assert citations.cite("Two [@bland1986].") == 'Two [<a href="#ref-bland1986">2</a>].'
    assert [each["key"] for each in citations.listed()] == ["lin1989", "bland1986"]


def test_a_citation_without_an_entry_is_refused(known):
    with pytest.raises(KeyError, match="nobody1900"):
        references.Citations(known).cite("[@nobody1900]")


def test_a_reference_reads_as_in_a_journal(known):
    assert references.words(known["molder2021"]) == (
        "Mölder F, Jablonski KP, Letcher B, Hall MB, Tomkins-Tinch CH, Sochat V, et al. "
        "Sustainable data analysis with Snakemake. F1000Research 2021;10:33."
    )
    assert references.words(known["holm1979"]).endswith("1979;6(2):65-70.")
    assert references.words(known["kingma2015"]).startswith("Kingma DP, Ba J. Adam:")
    assert references.address(known["lin1989"]) == "https://doi.org/10.2307/2532051"
    assert references.address(known["kingma2015"]).endswith("arXiv.1412.6980")


def test_every_entry_is_complete_and_without_tex(known):
    assert len(known) > 20
    for key, reference in known.items():
        text = references.words(reference)
        assert not set("{}\\") & set(text), key
        assert key[-4:] == reference.fields["year"], key
        assert {"author", "title"} < set(reference.fields), key
        assert ("unchecked" in text) == ("note" in reference.fields), key


def test_the_paper_is_the_one_that_is_compared_with(known):
    fields = known["qiu2022"].fields
    assert fields["doi"] == published.DOI
    assert fields["title"] in published.CITATION


def test_bibtex_is_given_back_as_it_was(known):
    citations = references.Citations(known)
    citations.cite("[@lin1989; @bland1986]")
    text = citations.to_bibtex()
    assert text.startswith("@article{bland1986,\n") and text.count("@article") == 2
    assert set(references.read(text)) == {"bland1986", "lin1989"}
    assert references.read(text)["lin1989"] == known["lin1989"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@a{x,\n  year = {1}\n}\n@a{x,\n  year = {1}\n}\n", "twice"),
        ("@a{x,\n  year = {1}\n}\n@a{y, year = 1}\n", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_completely_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        references.read(text)
