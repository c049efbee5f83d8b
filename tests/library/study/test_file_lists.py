"""Lists of subjects' files by role."""

import pytest

from contrast2map.study import file_lists


def test_lists_of_folds_are_read_as_one_in_the_order_of_the_subjects(tmp_path):
    paths = [tmp_path / f"{name}.json" for name in ("a", "b")]
    file_lists.write({"T1": ["x/sub-02/t1", "x/sub-10/t1"], "lesions": ["x/sub-10/l"]}, paths[0])
    file_lists.write({"T1": ["x/sub-01/t1"], "lesions": []}, paths[1])
    found = file_lists.read(paths)
    assert list(found["T1"].items()) == [
        ("01", "x/sub-01/t1"),
        ("02", "x/sub-02/t1"),
        ("10", "x/sub-10/t1"),
    ]
    assert found["lesions"] == {"10": "x/sub-10/l"}
    assert found["true_T1"] == {}
    assert file_lists.read(str(paths[1]))["T1"] == {"01": "x/sub-01/t1"}


def test_a_file_may_be_named_after_its_subject(tmp_path):
    file_lists.write({"gate": ["input_gate/sub-07.json"]}, tmp_path / "a.json")
    assert file_lists.read(tmp_path / "a.json")["gate"] == {"07": "input_gate/sub-07.json"}
    with pytest.raises(ValueError, match="sub-07_x.json is not in a subject's folder"):
        file_lists.write({"gate": ["input_gate/sub-07_x.json"]}, tmp_path / "a.json")


def test_two_files_of_one_role_and_subject_are_refused(tmp_path):
    with pytest.raises(ValueError, match="two files of one subject"):
        file_lists.write({"T1": ["a/sub-02/t1", "b/sub-02/t1"]}, tmp_path / "a.json")
    paths = [tmp_path / f"{name}.json" for name in ("a", "b")]
    for path in paths:
        file_lists.write({"T1": ["x/sub-02/t1"]}, path)
    with pytest.raises(ValueError, match=r"b.json: T1 of sub-02 is also in another list"):
        file_lists.read(paths)
