"""Customers: requests one after another from several threads, every one counted, the lost ones told apart."""

import http.client
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Tally:
    """What the customers met.

    Attributes:
        seconds: How long each answered request took, by the version that answered.
        lost: What went wrong with each that got no good answer.
    """

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    lost: list[str] = field(default_factory=list)

    def served(self, version: str) -> int:
        """Return how many pages a version served."""
        return len(self.seconds.get(version, ()))

    def median(self, version: str) -> float:
        """Return the milliseconds of a version's middle answer; 0 where there was none."""
        ordered = sorted(self.seconds.get(version, ()))
        return ordered[len(ordered) // 2] * 1000 if ordered else 0.0

    def told(self) -> list[str]:
        """Tell it: requests and losses, then each version."""
        count = sum(map(len, self.seconds.values())) + len(self.lost)
        first = f" (the first: {self.lost[0]})" if self.lost else ""
        by = [
            f"{version}: {len(seconds)} pages, half of them within {self.median(version):.0f} ms"
            for version, seconds in sorted(self.seconds.items())
        ]
        return [f"{count} requests, {len(self.lost)} lost{first}", *by]


class Customers:
    """A context in which customers keep asking: `with Customers(url) as tally: …`."""

    def __init__(self, url: str, path: str = "/cart?items=tea:2,mug:1", threads: int = 4, pause: float = 0.05) -> None:
        """Each of `threads` asks for `path`, waits `pause` seconds, and asks again, on a new connection every time."""
        self._address = urlsplit(url)
        self._path = path
        self._pause = pause
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask_on, daemon=True) for _ in range(threads)]
        self.tally = Tally()

    def __enter__(self) -> Tally:
        """Send them in."""
        for thread in self._threads:
            thread.start()
        return self.tally

    def __exit__(self, *_: object) -> None:
        """Let each finish its request, and end."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask_on(self) -> None:
        while not self._over.is_set():
            started = time.monotonic()
            complaint, version = self._ask()
            took = time.monotonic() - started
            with self._lock:
                if complaint:
                    self.tally.lost.append(f"{complaint}, after {took:.1f} s")
                else:
                    self.tally.seconds[version].append(took)
            self._over.wait(self._pause)

    def _ask(self) -> tuple[str, str]:
        """Ask once; returns a complaint, empty where all was well, and the version that answered."""
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port, timeout=10)
        try:
            connection.request("GET", self._path)
            answer = connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as problem:
            return f"{type(problem).__name__}: {problem}", ""
        finally:
            connection.close()
        version = re.search(r"web (\d+\.\d+\.\d+)", page)
        if answer.status != 200 or version is None:
            return f"status {answer.status}: {' '.join(page.split())[:120]}", ""
        return "", f"web {version[1]}"
