"""Findings that say the same are said once, in characters that can be printed and written."""

import os

from contrast2map.study.findings import fail, gathered, printable, verdict, warn


def test_one_finding_names_all_files_of_which_it_is_true():
    found = [
        warn("a/mprage.nii.gz", "2 voxels are hot", "none"),
        fail("a/flair.nii.gz", "is empty", "replace it"),
        warn("a/gre.nii.gz", "2 voxels are hot", "none"),
        warn("a/gre.nii.gz", "2 voxels are hot", "none"),
        warn("a/t2.nii.gz", "3 voxels are hot", "none"),
    ]
    once = gathered(found)
    assert [each["file"] for each in once] == [
        "mprage.nii.gz, gre.nii.gz, t2.nii.gz",
        "a/flair.nii.gz",
    ]
    assert once[0]["problem"] == "2 voxels are hot (numbers of mprage.nii.gz)"
    assert verdict(once) == "fail" and gathered(once) == once


def test_what_differs_in_more_than_a_number_is_said_twice():
    found = [warn("a.nii.gz", f"{name} is 3 s", "none") for name in ("T1", "T2")]
    found += [warn("", f"{n} subjects are lost", "none") for n in (2, 3)]
    found += [warn("a.nii.gz", "T1 is 4 s", "none")]
    problems = [each["problem"] for each in gathered(found)]
    expected = ["T1 is 3 s", "T2 is 3 s", "2 subjects are lost", "3 subjects are lost", "T1 is 4 s"]
    assert problems == expected


def test_names_that_are_not_utf_8_can_be_written():
    name = os.fsdecode("scan_é.nii.gz".encode("latin-1"))
    assert printable(name) == "scan_?.nii.gz"
    finding = warn(name, f"{name} is odd", f"rename {name}")
    assert all(text.encode() for text in finding.values())
