"""Benchmark files of Snakemake are summarised by rule."""

import math

import pytest

from contrast2map.tables import layout as tables
from contrast2map.tables import run_time

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def benchmark(wall_s, memory_mib, cpu_s):
    return f"{HEADER}{wall_s}\t0:00:01\t{memory_mib}\t1\t1\t1\t0\t0\t50\t{cpu_s}\n"


def test_jobs_are_summed_by_rule():
    table = run_time.summarise_run_time(
        {
            "train_unet": [
                benchmark(100, 1000, 90), benchmark(300, 1200.5, 280), benchmark(200, 900, 1)
            ],
            "never_run": [],
            "draw_masks": [benchmark(0.4, "-", "-")],
        }
    )  # fmt: skip
    assert list(table["rule"]) == ["train_unet", "draw_masks"]
    row = table.iloc[0]
    assert (row["n_jobs"], row["wall_s"], row["wall_median_s"], row["wall_longest_s"]) == (
        3, 600, 200, 300
    )  # fmt: skip
    assert (row["cpu_s"], row["peak_memory_mib"]) == (371, 1200.5)


def test_a_job_too_short_to_be_sampled_has_no_memory_and_no_processor_time():
    table = run_time.summarise_run_time({"draw_masks": [benchmark(0.4, "-", "NA")]})
    assert table.loc[0, "wall_s"] == 0.4
    assert math.isnan(table.loc[0, "peak_memory_mib"]) and math.isnan(table.loc[0, "cpu_s"])
    assert run_time.layout_run_time(table).rows == [
        ["draw_masks", "1", "0.4", "0.4", "0.4", tables.NOTHING, tables.NOTHING]
    ]


def test_the_latest_run_of_a_repeated_job_counts():
    text = benchmark(1, 2, 3) + "9\t0:00:09\t8\t1\t1\t1\t0\t0\t50\t7\n"
    assert run_time.read_benchmark(text) == {"wall_s": 9, "cpu_s": 7, "peak_memory_mib": 8}


def test_a_study_without_any_benchmark_has_an_empty_table():
    table = run_time.summarise_run_time({"train_unet": []})
    assert len(table) == 0 and "wall_s" in table
    assert "<table>" in tables.to_html(run_time.layout_run_time(table))


def test_trainings_are_counted_by_machine():
    here = {"processor": "A", "GPU": "none"}
    there = {"processor": "B", "GPU": "H100"}
    layout = run_time.layout_hardware(here, [there, dict(there), None, here])
    assert [label for _, label in layout.columns][1:] == [
        "Tables written on", "2 networks trained on", "1 network trained on"
    ]  # fmt: skip
    assert layout.rows == [["Processor", "A", "B", "A"], ["GPU", "none", "H100", "none"]]
    assert "logs of 1 trainings do not name" in layout.caption
    assert "logs of" not in run_time.layout_hardware(here, [here]).caption


@pytest.mark.parametrize("word", ["not elapsed time", "in parallel", "short peaks may be missed"])
def test_the_caption_names_the_limits_of_the_numbers(word):
    assert word in run_time.layout_run_time(run_time.summarise_run_time({})).caption
