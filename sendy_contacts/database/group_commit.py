"""Group commit: the calls that wait to write a workspace share one transaction, and so one flush of the disk.

    >>> write_in_turn(workspace_id, call, size=1, write=write)

Whoever gets the turn writes the calls that wait, in their order. It must not know what a call is.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from peewee import OperationalError

from . import transactions
from .transactions import workspace_lock, write_connection

MAX_ROWS = 1_000  # in a transaction, unless a single call has more

# Write calls to a workspace, under its lock; return what each of them gave: a value, or the exception to raise.
Write = Callable[[int, list[Any]], list[Any]]


class _Entry:
    """A call in the queue. `woken` is set when its caller has the turn, or when the call is written or has failed."""

    def __init__(self, call: Any, size: int) -> None:
        self.call = call
        self.size = size
        self.woken = threading.Event()
        self.ended = False
        self.gave: Any = None

    def end(self, gave: Any) -> None:
        self.gave, self.ended = gave, True
        self.woken.set()


class _Queue:
    """The calls of this process that wait to write one workspace. At most the first one's caller has the turn.

    It is kept only as long as somebody has the turn: there may be many workspaces.
    """

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.waiting: deque[_Entry] = deque()
        self.taken = False  # whether a caller has the turn

    @staticmethod
    def join(workspace_id: int, entry: _Entry) -> _Queue:
        """Add a call at the end of the queue of its workspace; return the queue."""
        with _mutex:
            queue = _queues.setdefault(workspace_id, _Queue(workspace_id))
            queue.waiting.append(entry)
            if not queue.taken:
                queue.taken = True
                entry.woken.set()
            return queue

    def leave(self, entry: _Entry, *, with_turn: bool = False) -> bool:
        """Remove a call that nobody writes yet; return whether it was one."""
        with _mutex:
            if entry not in self.waiting or (entry.woken.is_set() and not with_turn):
                return False
            self.waiting.remove(entry)
            return True

    def take(self) -> list[_Entry]:
        """Remove the first calls and return them: as many as fit into a transaction."""
        with _mutex:
            taken = [self.waiting.popleft()]
            rows = taken[0].size
            while self.waiting and (rows := rows + self.waiting[0].size) <= MAX_ROWS:
                taken.append(self.waiting.popleft())
            return taken

    def pass_on(self) -> None:
        """Give the turn to the caller of the first call."""
        with _mutex:
            self.taken = bool(self.waiting)
            if self.taken:
                self.waiting[0].woken.set()
            else:
                del _queues[self.workspace_id]


_queues: dict[int, _Queue] = {}
_mutex = threading.Lock()  # held for moments only


def write_in_turn(workspace_id: int, call: Any, size: int, write: Write) -> Any:
    """Write a call of `size` rows, with others that wait; return what it gave when it is on disk, or raise that.

    If the transaction fails, all of its calls fail. Raise OperationalError if the turn doesn't come in ten seconds;
    the call isn't written then.
    """
    until = time.monotonic() + transactions.WRITE_WAIT
    entry = _Entry(call, size)
    queue = _Queue.join(workspace_id, entry)
    if not entry.woken.wait(transactions.WRITE_WAIT) and queue.leave(entry):
        raise OperationalError("other calls are writing")
    entry.woken.wait()  # another caller may be writing this call
    if not entry.ended:
        _use_turn(workspace_id, queue, entry, until, write)
    if isinstance(entry.gave, BaseException):
        raise entry.gave
    return entry.gave


def _use_turn(workspace_id: int, queue: _Queue, own: _Entry, until: float, write: Write) -> None:
    taken: list[_Entry] = []
    try:
        with write_connection(workspace_id, until), workspace_lock(workspace_id):
            taken = queue.take()
            gave = write(workspace_id, [entry.call for entry in taken])
    except BaseException as error:
        queue.leave(own, with_turn=True)
        for entry in taken[1:]:
            failed = OperationalError("the transaction that this call shared has failed")
            failed.__cause__ = error
            entry.end(failed)
        raise
    else:
        for entry, outcome in zip(taken, gave, strict=True):
            entry.end(outcome)
    finally:
        queue.pass_on()
