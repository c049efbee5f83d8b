"""Kill a training ten times, and compare the result with that of an undisturbed training.

    python benchmarks/kills.py tests/config/tiny.yaml

Runs the preprocessing of the configured study, unless it is complete, and one training of it twice:
undisturbed, and with the whole process group killed (SIGKILL) at ten random moments. The same
command is repeated after each kill. Prints what each kill lost.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

N_KILLS, N_EPOCHS = 10, 200
LONGEST_WAIT_S = 1.0


def main(configfile):
    """Print one line per kill, and whether log and weights equal those without kills."""
    study = yaml.safe_load(Path(configfile).read_text())
    with tempfile.TemporaryDirectory() as folder:
        longer = Path(folder) / "longer.yaml"
        changed = {"n_epochs": N_EPOCHS, "n_epochs_constant": N_EPOCHS // 2}
        longer.write_text(yaml.safe_dump({"training": changed}))
        name = f"network_{'+'.join(study['input_sets'][0])}_seed-{study['training']['seeds'][0]}"
        results = Path("results") / study["study"]
        training = results / "training" / name / "fold_0"
        state = results / "checkpoints" / name / "fold_0" / "state.npz"
        command = ["snakemake", "--cores", "2", "--resources", "gpu=1", "--rerun-incomplete"]
        command += ["--configfile", configfile, str(longer), "--", str(training / "model.keras")]
        (training / "model.keras").unlink(missing_ok=True)
        run(command).wait()
        expected = outcome(training)
        print(f"undisturbed: {len(expected[0])} epochs; checkpoint left: {state.exists()}")
        for name in ("model.keras", "log.csv"):
            (training / name).unlink()
        rng, n_before = random.Random(1), 0
        for number in range(1, N_KILLS + 1):
            process = run(command)
            n_done = wait_for_epochs(training / "log.csv", n_before + 1, process)
            time.sleep(rng.uniform(0, LONGEST_WAIT_S))
            n_done = max(n_done, n_rows(training / "log.csv"))
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            (training / "log.csv").unlink()
            n_before = json.loads(str(np.load(state)["facts"]))["epoch"]
            print(f"kill {number}: after epoch {n_done}; resumes after {n_before}", flush=True)
        run(command).wait()
        log, weights = outcome(training)
        same = all(np.array_equal(a, b) for a, b in zip(weights, expected[1], strict=True))
        print(f"the same log: {log == expected[0]}; the same weights, bit by bit: {same}")
        print(f"checkpoint left: {state.exists()}")


def run(command):
    """Run the command in a separate process group."""
    return subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)


def wait_for_epochs(log, n_epochs, process):
    """Wait until the log has at least `n_epochs` epochs; return their number."""
    while n_rows(log) < n_epochs:
        if process.poll() is not None:
            sys.exit(f"the run ended before the kill (exit code {process.returncode})")
        time.sleep(0.05)
    return n_rows(log)


def n_rows(log):
    """Number of epochs in a log; 0 if it does not exist."""
    return len(log.read_text().splitlines()) - 1 if log.exists() else 0


def outcome(training):
    """Rows of a training's log without the column of seconds, and its weights."""
    from contrast2map.any_protocol import pretrained

    rows = (training / "log.csv").read_text().splitlines()[1:]
    weights = pretrained.load(training / "model.keras").get_weights()
    return [row.rsplit(",", 1)[0] for row in rows], weights


if __name__ == "__main__":
    main(*sys.argv[1:])
