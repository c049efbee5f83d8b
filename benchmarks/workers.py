"""Alternate between programs, so that each is measured under the same load of a shared machine.

Each program is a separate process that reads a number of steps from a line, runs them, and returns
their wall and CPU seconds while the others wait. Ratios are computed from medians over rounds.
"""

import contextlib
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

READY = "ready"
BFLOAT16_FLAGS = {"amx_bf16", "avx512_bf16"}  # flags of processors that multiply bfloat16


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


class Program(NamedTuple):
    """A program to measure.

    Attributes:
        name: Name in the tables.
        precision: "float32" or "bfloat16".
        command: Command that calls `serve`.
    """

    name: str
    precision: str
    command: list


class Worker:
    """A program that waits for its turn.

    Attributes:
        program: Program.
        wall_s: Wall seconds per step, one value per round.
        cpu_s: CPU seconds per step, one value per round.
        problem: Why it cannot run, or None.
    """

    def __init__(self, program):
        self.program, self.wall_s, self.cpu_s = program, [], []
        self.process = subprocess.Popen(
            program.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
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


def precisions():
    """Types that this processor multiplies in hardware: float32, and bfloat16 if it has it."""
    return ["float32", "bfloat16"] if BFLOAT16_FLAGS & _flags() else ["float32"]


def compare(programs, n_rounds, n_steps, chosen):
    """Measure programs in turn; print a table of all and a row with the best of each.

    Args:
        programs: List of Program; ratios are to the first, and to the best of its name.
        n_rounds: Turns per program.
        n_steps: Steps per turn.
        chosen: Type that `precision: auto` chooses on this machine.
    """
    workers = [Worker(program) for program in programs]
    running = [worker for worker in workers if worker.problem is None]
    for _ in range(n_rounds):
        for worker in running:
            worker.take_turn(n_steps)
    for worker in workers:
        worker.stop()
    if BFLOAT16_FLAGS.isdisjoint(_flags()):
        print("This processor has no bfloat16 in hardware: all programs compute in float32.\n")
    _print_all(workers)
    if workers[0] in running:
        _print_best(running, chosen)


def _print_all(workers):
    print(
        "| program | type | ms per step | CPU ms per step | relative to first row | CPU, relative |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for worker in workers:
        cells = [worker.program.name, worker.program.precision]
        if worker.problem:
            cells += [f"not run: {worker.problem}", "", "", ""]
        else:
            pairs = [(worker.wall_s, workers[0].wall_s), (worker.cpu_s, workers[0].cpu_s)]
            cells += [f"{1000 * statistics.median(own):.0f}" for own, _ in pairs]
            cells += [_ratio(own, first) for own, first in pairs]
        print(f"| {' | '.join(cells)} |")


def _print_best(running, chosen):
    """Print one row: the type that `auto` chose, and the fastest type of each program."""
    best = {}
    for worker in sorted(running, key=lambda worker: statistics.median(worker.wall_s)):
        best.setdefault(worker.program.name, worker)
    names = list(dict.fromkeys(worker.program.name for worker in running))
    ours = best[names[0]]
    cells = [f"{_processor()}, {len(os.sched_getaffinity(0))} cores", chosen]
    for name in names:
        fastest = best[name]
        cells.append(
            f"{fastest.program.precision}, {1000 * statistics.median(fastest.wall_s):.0f} ms "
            f"({_ratio(fastest.wall_s, ours.wall_s)})"
        )
    print(f"\n| processor | `auto` chose | {' | '.join(names)} |")
    print(f"| {' | '.join(['---'] * len(cells))} |")
    print(f"| {' | '.join(cells)} |", flush=True)


def _ratio(values, others):
    if not others:
        return ""
    return f"{statistics.median(values) / statistics.median(others):.2f}"


def _processor():
    return _cpuinfo("model name") or platform.machine()


def _flags():
    return set(_cpuinfo("flags").split())


def _cpuinfo(name):
    """Text of the first line of a name in /proc/cpuinfo; empty without one."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.split(":")[0].strip() == name:
                return line.partition(":")[2].strip()
    return ""


def _cpu_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
