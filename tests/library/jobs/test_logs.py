"""All output of a script, also from C++, goes to its log; progress goes to the terminal."""

import subprocess
import sys
import textwrap
from pathlib import Path

import contrast2map

PACKAGE_FOLDER = Path(contrast2map.__file__).parents[1]


def run(script, tmp_path):
    """Run a script that may write to `log`; returns its process and the log's text."""
    log = tmp_path / "a.log"
    head = f"import sys; sys.path.insert(0, {str(PACKAGE_FOLDER)!r}); log = {str(log)!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", head + textwrap.dedent(script)], capture_output=True, text=True
    )
    return done, log.read_text()


def test_all_output_goes_to_the_log_and_none_to_the_terminal(tmp_path):
    done, text = run(
        """
        import logging, os
        from contrast2map.jobs import logs
        logs.send_to(log)
        print("printed")
        print("complained", file=sys.stderr)
        os.write(1, b"from C to stdout\\n")
        os.write(2, b"from C to stderr\\n")
        logging.getLogger("train").info("told")
        """,
        tmp_path,
    )
    assert done.returncode == 0 and done.stdout == "" and done.stderr == ""
    for words in ("printed", "complained", "from C to stdout", "from C to stderr", "train told"):
        assert words in text


def test_progress_goes_to_the_terminal_and_to_the_log(tmp_path):
    done, text = run(
        """
        from contrast2map.jobs import logs
        report = logs.progress(logs.send_to(log), "fold_0")
        report("epoch 1/2")
        """,
        tmp_path,
    )
    assert done.stderr == "fold_0: epoch 1/2\n"
    assert "fold_0 epoch 1/2" in text


def test_a_failing_script_leaves_its_traceback_in_the_log(tmp_path):
    done, text = run(
        """
        from contrast2map.jobs import logs
        logs.send_to(log)
        raise ValueError("the reason")
        """,
        tmp_path,
    )
    assert done.returncode == 1 and "ValueError: the reason" in text


def test_an_existing_log_is_overwritten(tmp_path):
    (tmp_path / "a.log").write_text("of yesterday\n" * 100)
    _, text = run("from contrast2map.jobs import logs\nlogs.send_to(log)\nprint('new')", tmp_path)
    assert text == "new\n"
