"""Run Snakemake many times without importing it each time, which takes two thirds of a dry run.

A server imports Snakemake and its plugins once. Each run is a process of its own, forked from the
server; what follows the imports is what `python -m snakemake` does.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass

IMPORTED_LATE = ("nbformat", "smart_open")  # by Snakemake itself, as soon as it reads a Snakefile


@dataclass(frozen=True)
class Finished:
    """A finished run.

    Attributes:
        returncode: Exit code; the negative number of a signal that killed it.
        stdout, stderr: What it wrote, as text.
        processor_s: Processor time of it and its jobs, in seconds.
    """

    returncode: int
    stdout: str
    stderr: str
    processor_s: float


class Server:
    """Runs Snakemake with arguments in folders; use as a context manager.

    Args:
        folder: Existing folder for the texts that the runs write.
        environment: Environment of the runs, as a dict.
    """

    def __init__(self, folder, environment):
        self.stdout, self.stderr = folder / "stdout.txt", folder / "stderr.txt"
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def run(self, folder, arguments, environment, timeout_s):
        """Run Snakemake in a folder; a run that takes longer than the timeout is killed.

        Raises:
            RuntimeError: The server has ended.
        """
        request = {
            "arguments": [str(each) for each in arguments],
            "folder": str(folder),
            "environment": environment,
            "texts": [str(self.stdout), str(self.stderr)],
            "timeout_s": timeout_s,
        }
        print(json.dumps(request), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the server of Snakemake has ended")
        returncode, processor_s = json.loads(answer)
        return Finished(returncode, self.stdout.read_text(), self.stderr.read_text(), processor_s)


def serve():
    """Fork a run for each request in standard input; answer with exit code and processor time."""
    import snakemake.cli

    snakemake.cli.get_argument_parser()  # imports the plugins
    for name in IMPORTED_LATE:
        importlib.import_module(name)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            prepare(**request)
            snakemake.cli.main()  # exits
        _, status, used = os.wait4(child, 0)
        answer = [os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime]
        print(json.dumps(answer), flush=True)


def prepare(arguments, folder, environment, texts, timeout_s):
    """Give this process what a new one of `python -m snakemake` in the folder would have."""
    signal.alarm(timeout_s)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate([os.devnull, *texts]):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(file, number)
        os.close(file)
    sys.path[0] = folder
    sys.argv = ["snakemake", *arguments]


if __name__ == "__main__":
    serve()
