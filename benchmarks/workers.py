"""Alternate between programs, so that each is measured under the same load of a shared machine.

Each program is a separate process that reads a number of steps from a line, runs them, and returns
their wall and CPU seconds while the others wait. Ratios are computed from medians over rounds.
"""

import os
import resource
import statistics
import subprocess
import sys
import time

READY = "ready"


def serve(step):
    """Run steps on request; the first one, which compiles, is not measured.

    Args:
        step: Function without arguments.
    """
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # output of libraries must not mix with the answers
    for _ in range(2):
        step()
    answers.write(f"{READY}\n")
    for line in sys.stdin:
        before, started = _cpu_s(), time.monotonic()
        for _ in range(int(line)):
            step()
        answers.write(f"{time.monotonic() - started} {_cpu_s() - before}\n")


class Worker:
    """A program that waits for its turn.

    Attributes:
        name: Name in the table.
        wall_s: Wall seconds per step, one value per round.
        cpu_s: CPU seconds per step, one value per round.
        problem: Why it cannot run, or None.
    """

    def __init__(self, name, command, environment=None):
        self.name, self.wall_s, self.cpu_s = name, [], []
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | (environment or {}),
        )
        answer = self.process.stdout.readline()
        self.problem = None
        if answer.strip() != READY:
            self.problem = (self.process.stderr.read().strip().splitlines() or ["it ended"])[-1]

    def take_turn(self, n_steps):
        """Run some steps and record their times."""
        self.process.stdin.write(f"{n_steps}\n")
        self.process.stdin.flush()
        wall_s, cpu_s = map(float, self.process.stdout.readline().split())
        self.wall_s.append(wall_s / n_steps)
        self.cpu_s.append(cpu_s / n_steps)

    def stop(self):
        """End the process."""
        self.process.kill()
        self.process.communicate()


def compare(programs, n_rounds, n_steps):
    """Print a table of several programs; ratios are to the first.

    Args:
        programs: Dict mapping name to command, or to pair of command and environment.
        n_rounds: Turns per program.
        n_steps: Steps per turn.
    """
    workers = []
    for name, program in programs.items():
        command, environment = program if isinstance(program, tuple) else (program, None)
        workers.append(Worker(name, command, environment))
    running = [worker for worker in workers if worker.problem is None]
    for _ in range(n_rounds):
        for worker in running:
            worker.take_turn(n_steps)
    print("| program | ms per step | CPU ms per step | relative to first row | CPU, relative |")
    print("| --- | --- | --- | --- | --- |")
    for worker in workers:
        if worker.problem:
            print(f"| {worker.name} | not run: {worker.problem} | | | |")
            continue
        wall, cpu = (statistics.median(each) for each in (worker.wall_s, worker.cpu_s))
        first = [statistics.median(each) for each in (running[0].wall_s, running[0].cpu_s)]
        print(
            f"| {worker.name} | {1000 * wall:.0f} | {1000 * cpu:.0f} | {wall / first[0]:.2f} | "
            f"{cpu / first[1]:.2f} |",
            flush=True,
        )
        worker.stop()


def _cpu_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
