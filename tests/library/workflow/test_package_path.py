"""Jobs import the package of their own study."""

import os
import subprocess
import sys

from contrast2map.workflow.package_path import prefer


def test_a_child_process_imports_the_package_from_the_preferred_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    package = tmp_path / "contrast2map"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for _ in range(2):
        prefer(tmp_path)
    assert sys.path.count(str(tmp_path)) == 1
    assert os.environ["PYTHONPATH"].split(os.pathsep).count(str(tmp_path)) == 1
    command = [sys.executable, "-c", "import contrast2map; print(contrast2map.__file__)"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == str(package / "__init__.py")
