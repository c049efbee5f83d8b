"""Descriptions of machines, and their lines in logs."""

import pytest

from contrast2map.jobs import hardware

LISTED = """\
0, GPU-aa, NVIDIA H100 80GB HBM3, 81559 MiB, 550.90
1, GPU-bb, NVIDIA A40, 46068 MiB, 550.90
"""


def test_this_machine_is_described():
    found = hardware.describe()
    assert list(found) == ["processor", "cores", "memory", "GPU", "system", "Python"]
    assert all(found.values())
    assert int(found["cores"].split()[0]) >= 1
    assert float(found["memory"].removesuffix(" GB")) > 0.5


def test_the_last_description_in_a_log_is_read():
    first, last = (hardware.describe() | {"processor": name} for name in ("A: 1", "B | no"))
    last["processor"] = "B"
    log = f"2026 root {hardware.in_a_line(first)}\nepoch 1\n2026 root {hardware.in_a_line(last)}\n"
    assert hardware.logged(log) == last
    assert hardware.logged(f"x {hardware.in_a_line(first)}\n") == first
    assert hardware.logged("epoch 1/30, loss 0.1\n") is None


@pytest.mark.parametrize(
    ("environment", "n"),
    [
        ({}, 2),
        ({"CUDA_VISIBLE_DEVICES": "1"}, 1),
        ({"CUDA_VISIBLE_DEVICES": "GPU-aa, GPU-bb"}, 2),
        ({"CUDA_VISIBLE_DEVICES": ""}, 0),
    ],
)
def test_only_visible_gpus_are_listed(environment, n):
    found = hardware.gpus(LISTED, environment)
    assert len(found) == n
    if environment.get("CUDA_VISIBLE_DEVICES") == "1":
        assert found == ["NVIDIA A40, 46068 MiB, driver 550.90"]


def test_a_processor_without_a_model_name_gives_none():
    assert hardware.processor_model("processor\t: 0\nmodel name\t: AMD EPYC\n") == "AMD EPYC"
    assert hardware.processor_model("Features : fp asimd\n") is None


def test_a_machine_whose_nvidia_smi_fails_has_no_gpu(tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nexit 9\n")
    program.chmod(0o755)
    assert hardware.describe({"PATH": str(tmp_path)})["GPU"].startswith("none")
    program.write_text("#!/bin/sh\necho '0, GPU-aa, NVIDIA H100, 81559 MiB, 550'\n")
    found = hardware.describe({"PATH": f"{tmp_path}:/bin:/usr/bin"})["GPU"]
    assert found == "NVIDIA H100, 81559 MiB, driver 550"
