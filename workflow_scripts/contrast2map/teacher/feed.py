"""Batches of a teacher from worker processes, in the order of their steps."""

import multiprocessing
import traceback

from contrast2map.teacher.heads import load_heads
from contrast2map.teacher.teacher import Teacher

STOP_S = 10.0  # given to a worker to end by itself


class Feed:
    """Iterator over (step, Batch); a context manager that ends its processes.

    Of n workers, each computes every n-th step, so the batches do not depend on n. A worker waits
    with a finished batch until it is fetched, which bounds the memory. It ends as soon as the
    other end of its pipe is gone, so that no worker survives this process.
    """

    def __init__(self, settings, labels_folder, seed, cache_folder, n_workers, first_step=0):
        """Prepare the heads and start the workers.

        Args:
            settings: TeacherSettings.
            labels_folder: As in Teacher.
            seed: As in Teacher.
            cache_folder: As in Teacher.
            n_workers: Number of processes, at least 1.
            first_step: Step of the first batch.
        """
        if n_workers < 1:
            raise ValueError(f"n_workers is {n_workers}, but must be at least 1")
        load_heads(labels_folder, cache_folder)  # once, before several processes need them
        context = multiprocessing.get_context("spawn")
        self._step = first_step
        self._turn = 0
        self._workers = []
        for index in range(n_workers):
            receiver, sender = context.Pipe(duplex=False)
            arguments = (settings, labels_folder, seed, cache_folder)
            worker = context.Process(
                target=_work, args=(arguments, first_step + index, n_workers, sender), daemon=True
            )
            worker.start()
            sender.close()  # the worker's copy is the only one, so its end ends the pipe
            self._workers.append((worker, receiver))

    def __iter__(self):
        return self

    def __next__(self):
        """The next step and its batch.

        Raises:
            RuntimeError: A worker failed or died; the message has its traceback or exit code.
        """
        if not self._workers:
            raise StopIteration
        worker, receiver = self._workers[self._turn]
        try:
            failure, batch = receiver.recv()
        except (EOFError, OSError):  # it died between two batches, or while it sent one
            worker.join(STOP_S)
            self.close()
            raise RuntimeError(
                f"a worker of the teacher died (exit code {worker.exitcode})"
            ) from None
        if failure:
            self.close()
            raise RuntimeError(f"a worker of the teacher failed:\n{failure}")
        step = self._step
        self._turn = (self._turn + 1) % len(self._workers)
        self._step += 1
        return step, batch

    def close(self):
        """End the workers; safe to call twice."""
        for _, receiver in self._workers:
            receiver.close()
        for worker, _ in self._workers:
            worker.join(STOP_S)
            if worker.is_alive():
                worker.kill()
                worker.join()
        self._workers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _work(arguments, step, stride, sender):
    """Body of a worker: send batches until nobody receives them."""
    try:
        teacher = Teacher.of_labels(*arguments)
        while True:
            sender.send((None, teacher.batch(step)))
            step += stride
    except (BrokenPipeError, KeyboardInterrupt):
        return  # the parent needs no more; on Ctrl-C it gets the same signal
    except Exception:
        sender.send((traceback.format_exc(), None))
