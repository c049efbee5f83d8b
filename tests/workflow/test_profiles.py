"""Profiles set what they should and name existing rules."""

import re

import pytest
import yaml
from snakemake.profiles import ProfileConfigFileParser


@pytest.fixture
def parsed(root):
    """Function that reads a profile as Snakemake does."""

    def parse(name):
        with open(root / "profiles" / name / "config.v9+.yaml") as profile:
            return ProfileConfigFileParser().parse(profile)

    return parse


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Function that gives this machine some GPUs, by a program that lists them as NVIDIA's does."""

    def with_gpus(n):
        program = tmp_path / "nvidia-smi"
        lines = "".join(f"echo 'GPU {i}: NVIDIA (UUID: GPU-{i})'\n" for i in range(n))
        program.write_text(f"#!/bin/sh\n{lines}exit {0 if n else 9}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return with_gpus


@pytest.mark.parametrize(("n", "resources"), [(1, ["gpu=1"]), (4, ["gpu=4"]), (0, None)])
def test_a_workstation_runs_as_many_gpu_jobs_as_it_has_gpus(parsed, machine, n, resources):
    machine(n)
    assert parsed("default").get("resources") == resources


def test_a_workstation_without_nvidia_smi_has_no_limit(parsed, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    profile = parsed("default")
    assert "resources" not in profile and profile["keep-going"] == "True"


def test_the_default_profile_sets_nothing_that_overrides_another(parsed, machine):
    machine(0)
    overriding = {"default-resources", "set-resources", "resources", "retries", "executor", "jobs"}
    assert not overriding & set(parsed("default"))


def test_slurm_groups_name_existing_rules(parsed, root):
    rules = set()
    for path in (root / "rules").glob("*.smk"):
        rules |= set(re.findall(r"^(?:rule|checkpoint) (\w+):", path.read_text(), re.MULTILINE))
    grouped = [entry.split("=")[0] for entry in parsed("slurm")["groups"]]
    assert len(grouped) > 10 and set(grouped) <= rules


def test_slurm_partitions_fit_the_requests_of_rules_at_the_last_retry(parsed, root):
    profile = parsed("slurm")
    tries = 1 + int(profile["retries"])
    with open(root / "profiles/slurm/partitions.yaml") as file:
        partitions = yaml.safe_load(file)["partitions"]
    assert profile["slurm-partition-config"].endswith("profiles/slurm/partitions.yaml")
    texts = [path.read_text() for path in (root / "rules").glob("*.smk")]
    longest = max(int(n) for text in texts for n in re.findall(r"runtime=(\d+)", text))
    largest = max(int(n) for text in texts for n in re.findall(r"memory\((\d+)", text))
    assert any(
        each["max_gpu"] and each["max_runtime"] >= longest and each["max_mem_mb"] >= tries * largest
        for each in partitions.values()
    )
