"""The page on normalisation: its numbers are those of the calculation and of its table."""

import numpy as np
import pandas as pd
import pytest

from contrast2map.study import predictors, records
from contrast2map.study.terms import QUANTITIES, REGIONS
from pages import presets, rendering
from pages.normalisation import identifiability, networks, page

FACTS = rendering.read_facts("normalisation")
NETWORK = predictors.network("mprage+gre+flair", 1)
N_SUBJECTS = 8


@pytest.fixture(scope="module")
def published():
    return records.read([rendering.DOCS / "normalisation.csv"])


@pytest.fixture
def roi_means(rng):
    """Region means of a network that is 2 ms off and of a tissue mean that is 5 ms off."""
    rows = []
    for quantity in QUANTITIES:
        for region in REGIONS:
            truth_ms = 100 + 10 * rng.standard_normal(N_SUBJECTS)
            for predictor, error_ms in ((NETWORK, 2), (predictors.COHORT_MEAN, 5)):
                rows += [
                    {
                        "subject": f"{subject:02d}",
                        "predictor": predictor,
                        "quantity": quantity,
                        "region": region,
                        "predicted_ms": true_ms + error_ms + 0.1 * rng.standard_normal(),
                        "reference_ms": true_ms + 1,
                        "truth_ms": true_ms,
                    }
                    for subject, true_ms in enumerate(truth_ms)
                ]
    return pd.DataFrame(rows)


def test_the_published_calculation_is_what_the_code_gives():
    correlation = FACTS["networks"]["correlation"]
    calculated = pd.DataFrame(
        identifiability.tabulate(
            presets.read("normalisation"), [correlation], [0.01], FACTS["n_persons"], seed=1
        )
    )
    rows = [row for row in FACTS["calculated"] if row[0] == f"{correlation:g}"]
    assert rows == page.calculated_rows(calculated)


def test_the_published_numbers_are_those_of_the_published_table(published):
    rows = page.measured_rows(published, NETWORK)
    assert len(rows) == len(FACTS["networks"]["measured"])
    for ours, printed in zip(rows, FACTS["networks"]["measured"], strict=True):
        assert ours[:3] == printed[:3]
        # The page was rounded once, the numbers of the table twice.
        values, shown = (
            [float(cell.replace("−", "-")) for cell in each[3:]] for each in (ours, printed)
        )
        np.testing.assert_allclose(values, shown, atol=0.011)


def test_a_row_counts_the_tissues_with_skill(published):
    of_network = records.where(published, predictor=NETWORK)
    calculated = of_network.assign(method=of_network["normalisation"], r_squared=0.25)
    rows = page.expectation_rows(calculated, of_network)
    for row, printed in zip(rows, FACTS["networks"]["expectations"], strict=True):
        assert row[:2] == printed[:2] and row[2] == "0.50" and row[3:] == printed[3:]


def test_errors_of_network_and_cohort_mean_are_compared_by_subject(roi_means):
    rows = page.verdict_rows({"session": roi_means}, NETWORK)
    assert [row[:2] for row in rows] == [["T1", "session"], ["T2", "session"]]
    for row in rows:
        assert [float(cell) for cell in row[2:4]] == pytest.approx([2, 5], abs=0.1)
        assert row[4:] == ["<0.001*", "better"]


def test_agreement_is_with_the_truth_by_single_tissues(roi_means, tmp_path):
    kinds = [(NETWORK, "truth"), ("reference", "truth"), (NETWORK, "reference"), ("x", "truth")]
    agreement = pd.DataFrame(
        {"predictor": predictor, "against": against, "quantity": "T1", "region": region}
        | dict.fromkeys(networks.MEASURES, 1.0)
        for predictor, against in kinds
        for region in (*REGIONS, "all")
    )
    rows = networks.against_truth({"session": agreement}, {"session": roi_means}, NETWORK)
    assert len(rows) == 2 * len(REGIONS) and set(rows["predictor"]) == {NETWORK, "reference"}
    assert rows["correlation"].min() > 0.99
    networks.draw({"session": roi_means}, NETWORK, tmp_path / "picture.png")
    assert 0 < (tmp_path / "picture.png").stat().st_size <= networks.PICTURE_BYTES


def test_without_a_study_the_page_has_the_calculation_alone():
    text = rendering.render("normalisation.md.j2", FACTS | {"networks": None})
    assert "make normalisation-docs" in text and "normalisation.png" not in text


def test_a_normalisation_without_a_study_is_named():
    few = FACTS["networks"] | {"missing": ["session"]}
    assert "`session`." in rendering.render("normalisation.md.j2", FACTS | {"networks": few})


def test_the_interval_of_a_correlation_is_that_of_fisher():
    assert page.correlation_interval(0.7, 18) == "0.35 to 0.88"  # atanh(0.7) -+ 1.96 / sqrt(15)
