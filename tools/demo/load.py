"""Customers: requests one after another from several threads, every one counted, the lost ones told apart."""

import http.client
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Tally:
    """What the customers met.

    Attributes:
        seconds: How long each answered request took.
        lost: What went wrong with each that got no good answer.
        versions: How many pages each version of the shop served.
    """

    seconds: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)

    @property
    def median(self) -> float:
        """Milliseconds of the middle answer; 0 where there was none."""
        ordered = sorted(self.seconds)
        return ordered[len(ordered) // 2] * 1000 if ordered else 0.0

    def __str__(self) -> str:
        """Tell it in one line."""
        served = ", ".join(f"{count} by {version}" for version, count in sorted(self.versions.items()))
        lost = f"{len(self.lost)} lost" + (f" (the first: {self.lost[0]})" if self.lost else "")
        return (
            f"{len(self.seconds) + len(self.lost)} requests, {lost}; {served}; half took {self.median:.0f} ms or less"
        )


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
                    self.tally.lost.append(complaint)
                else:
                    self.tally.seconds.append(took)
                    self.tally.versions[version] += 1
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
            return f"status {answer.status}", ""
        return "", f"web {version[1]}"
