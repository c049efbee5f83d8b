"""Put the files of the study into the wheel, for `contrast2map init`."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PARTS = (
    "Snakefile",
    "requirements.txt",
    "rules/*.smk",
    "workflow_scripts/*.py",
    "config/*.*",
    "envs/*.*",
    "profiles/*/*",
    "report/*",
    "tests/artefacts/*.py",
)


class WithStudy(build_py):
    """Build the package with the folder `project`, laid out as in a clone."""

    def run(self):
        super().run()
        if self.editable_mode:
            return  # the study is that of the clone
        for path in (path for part in PARTS for path in ROOT.glob(part)):
            target = Path(self.build_lib, "contrast2map/project", path.relative_to(ROOT))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


setup(cmdclass={"build_py": WithStudy})
