"""Batches of a teacher from worker processes, in the order of their steps."""

import multiprocessing
import queue
import traceback

from contrast2map.teacher.heads import load_heads
from contrast2map.teacher.teacher import Teacher

AHEAD = 2  # finished batches that wait in each worker's queue
POLL_S = 1.0  # between looks whether the other side lives
STOP_S = 10.0  # given to a worker to end by itself


class Feed:
    """Iterator over (step, Batch); a context manager that ends its processes.

    Each worker computes every n-th step, so the batches do not depend on the number of workers.
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
        self._stop = context.Event()
        self._step = first_step
        self._queues = [context.Queue(AHEAD) for _ in range(n_workers)]
        self._workers = [
            context.Process(
                target=_work,
                args=(
                    (settings, labels_folder, seed, cache_folder),
                    first_step + index,
                    n_workers,
                    each,
                    self._stop,
                ),
                daemon=True,
            )
            for index, each in enumerate(self._queues)
        ]
        self._turn = 0
        for worker in self._workers:
            worker.start()

    def __iter__(self):
        return self

    def __next__(self):
        """The next step and its batch.

        Raises:
            RuntimeError: A worker failed or died; the message has its traceback or exit code.
        """
        if not self._workers:
            raise StopIteration
        batch = self._receive(self._turn)
        step = self._step
        self._turn = (self._turn + 1) % len(self._workers)
        self._step += 1
        return step, batch

    def _receive(self, index):
        worker = self._workers[index]
        while True:
            was_alive = worker.is_alive()
            try:
                failure, batch = self._queues[index].get(timeout=POLL_S)
            except queue.Empty:
                if was_alive:
                    continue
                code = worker.exitcode
                self.close()
                raise RuntimeError(f"a worker of the teacher died (exit code {code})") from None
            if failure:
                self.close()
                raise RuntimeError(f"a worker of the teacher failed:\n{failure}")
            return batch

    def close(self):
        """End the workers; safe to call twice."""
        self._stop.set()
        for each, worker in zip(self._queues, self._workers, strict=True):
            _empty(each)  # a worker may wait for space in its queue
            worker.join(STOP_S)
            if worker.is_alive():
                worker.kill()
                worker.join()
            each.close()
        self._workers, self._queues = [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _work(arguments, step, stride, results, stop):
    """Body of a worker: compute batches until told to stop or left alone."""
    parent = multiprocessing.parent_process()
    results.cancel_join_thread()  # batches that nobody wants must not keep the process
    try:
        teacher = Teacher(*arguments)
        while not stop.is_set():
            message = (None, teacher.batch(step))
            if not _put(results, message, stop, parent):
                return
            step += stride
    except KeyboardInterrupt:
        return  # the parent gets the same signal
    except Exception:
        if _put(results, (traceback.format_exc(), None), stop, parent):
            results.close()
            results.join_thread()


def _put(results, message, stop, parent):
    """Put a message unless the parent is gone or wants no more; whether it was put."""
    while not stop.is_set() and parent.is_alive():
        try:
            results.put(message, timeout=POLL_S)
            return True
        except queue.Full:
            continue
    return False


def _empty(results):
    try:
        while True:
            results.get_nowait()
    except queue.Empty:
        pass
