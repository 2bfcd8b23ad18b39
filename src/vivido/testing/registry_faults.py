"""What the in-memory registry does wrong on demand."""

import re
from dataclasses import dataclass, field, replace
from threading import Lock

from vivido.testing.registry_state import Reply


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, a number of times.

    Attributes:
        method: Only for this method; empty for all.
        path: A regular expression that is searched in path and query.
        times: How often; -1 for ever.
        status: Answer this instead of doing it; 0 does it and then spoils the answer.
        headers: Added to the answer, over its own; an empty value takes a header away.
        body: The body instead of the right one.
        after: Do it in truth, then answer with `status`: the effect is there and the client does not know.
        flip: Change the first byte of the body.
        cut: Send half of the body, then close the connection.
        drop: Close the connection without an answer; with `after` the effect is there.
        stall: Send nothing until the registry stops; with `after` the effect is there.
    """

    method: str = ""
    path: str = ""
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    after: bool = False
    flip: bool = False
    cut: bool = False
    drop: bool = False
    stall: bool = False

    def instead(self) -> Reply | None:
        """Return the answer that is given without doing anything; None where the request is carried out."""
        if self.after or not (self.status or self.drop or self.stall):
            return None
        return self.spoil(Reply(200))

    def spoil(self, reply: Reply) -> Reply:
        """Return an answer made wrong."""
        headers = {name: value for name, value in {**reply.headers, **self.headers}.items() if value}
        body = reply.body if self.body is None else self.body
        if self.flip and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        return Reply(self.status or reply.status, headers, body)


class Faults:
    """The faults that are still to come, in the order they were added."""

    def __init__(self) -> None:
        self._left: list[Fault] = []
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        with self._lock:
            self._left.append(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._left.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return what goes wrong with a request; None where nothing does."""
        with self._lock:
            for at, fault in enumerate(self._left):
                if fault.times == 0 or fault.method not in ("", method) or not re.search(fault.path, path):
                    continue
                self._left[at] = replace(fault, times=fault.times - 1 if fault.times > 0 else -1)
                return fault
        return None
