"""Progress lines: current stage, duration, stages left."""

from contrast2map.jobs.progress import Stages


def test_the_start_and_end_of_each_stage_are_reported():
    lines = []
    stage = Stages(2, lines.append)
    with stage("read"):
        pass
    with stage("write"):
        pass
    assert lines[0] == "[1/2] read ..." and lines[1].endswith("1 step left")
    assert lines[3].startswith("[2/2] write: ") and lines[3].endswith("last step done")
    assert list(stage.seconds) == ["read", "write"]
