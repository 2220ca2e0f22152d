"""A cluster for shards that are too many for one machine: Dask distributed, wherever its scheduler has workers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

WAIT = "30s"


@contextmanager
def cluster(address: str | None):
    """A client of the scheduler at this address; ``local`` starts one process a core; None if there is no address.

    Workers must see the files under the same paths, and have this library, pyarrow where it is needed included.

    Raises
    ------
    ValueError
        Dask is not installed, or nobody answers.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError:
        raise ValueError("--scheduler needs Dask distributed: pip install distributed") from None
    import logging

    kept = logging.getLogger("distributed").level
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    own = None
    try:
        if address == "local":
            own = LocalCluster(threads_per_worker=1, processes=True, memory_limit=None, dashboard_address=":0",
                               silence_logs=logging.CRITICAL)
        try:
            client = Client(own or address, timeout=WAIT)
        except (OSError, ValueError) as error:
            raise ValueError(f"--scheduler: nobody answers at {address}: {error}") from None
        with client:
            yield client
    finally:
        if own is not None:
            own.close()
        logging.getLogger("distributed").setLevel(kept)


class Failed:
    """A task's result that is an exception: told at the end, not in the workers' logs."""

    def __init__(self, error: Exception):
        self.error = error


def safely(function, *arguments):
    """The function's result, or how it failed."""
    try:
        return function(*arguments)
    except Exception as error:
        return Failed(error)


def in_order(futures: Iterable, progress=None) -> Iterator:
    """The results of tasks in their order, each let go of when the next is asked for.

    Raises
    ------
    Exception
        That of the first task that failed; all others are then cancelled.
    """
    futures = list(futures)
    try:
        for number, future in enumerate(futures):
            result = future.result()
            if isinstance(result, Failed):
                raise result.error
            yield result
            futures[number] = None
            if progress:
                progress((number + 1) / len(futures))
    finally:
        for future in futures:
            if future is not None:
                future.cancel()
