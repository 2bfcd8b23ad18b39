"""Clients that never stop asking, and remember every answer."""

import http.client
import threading
import urllib.request
from types import TracebackType


class Load:
    """One client that keeps its connection, one that opens a new one each time, one whose requests take long."""

    def __init__(self, url: str) -> None:
        self._host = url.removeprefix("http://")
        self._stop = threading.Event()
        self.answers: dict[str, list[str]] = {"kept": [], "fresh": [], "slow": []}
        self.failures: list[str] = []
        self._threads = [
            threading.Thread(target=self._run, args=("kept", "/version", False)),
            threading.Thread(target=self._run, args=("fresh", "/version", True)),
            threading.Thread(target=self._run, args=("slow", "/cgi-bin/slow?0.3", False)),
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, version: str) -> None:
        """Return when every client has had an answer of this version."""
        deadline = threading.Event()
        for _ in range(1200):
            if all(version in answers[-1:] for answers in self.answers.values()):
                return
            deadline.wait(0.05)
        raise AssertionError(f"no answers of {version}: {[a[-3:] for a in self.answers.values()]}, {self.failures[:3]}")

    def versions(self, client: str) -> list[str]:
        """Return the versions a client saw, each run of equal ones once."""
        seen = self.answers[client]
        return [v for i, v in enumerate(seen) if i == 0 or seen[i - 1] != v]

    def _run(self, client: str, path: str, fresh: bool) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=30)
        while not self._stop.is_set():
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                body = response.read().decode()
                if response.status != 200:
                    self.failures.append(f"{client}: {response.status} {body[:100]}")
                self.answers[client].append(body)
            except (OSError, http.client.HTTPException) as e:
                self.failures.append(f"{client}: {e!r}")
                connection.close()
            if fresh:
                connection.close()
            self._stop.wait(0.01)
        connection.close()


def get(url: str) -> str:
    """Return the body of a GET that succeeded."""
    with urllib.request.urlopen(url, timeout=30) as response:  # noqa: S310 - the tests' own
        return response.read().decode()
