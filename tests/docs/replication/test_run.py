"""What a finished study says of its run."""

import pandas as pd

from pages.replication import run


def test_networks_of_one_arithmetic_are_named_together():
    rows = [("network_a_seed-1", 18, 0), ("network_a+b_seed-1", 18, 0), ("network_b_seed-1", 2, 16)]
    columns = ["predictor", "n_in_float32", "n_in_bfloat16"]
    exactness = pd.DataFrame(rows, columns=columns).assign(trained_in="float32")
    assert run.arithmetic(exactness).split("; ") == [
        "a_seed-1, a+b_seed-1: trained in float32, predicted in float32 for 18 subjects, "
        "in bfloat16 for 0",
        "b_seed-1: trained in float32, predicted in float32 for 2 subjects, in bfloat16 for 16",
    ]
