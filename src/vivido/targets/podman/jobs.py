"""Run Jobs to their end: before any pod, and once per generation."""

from collections.abc import Callable

from vivido.crashpoint import crashpoint
from vivido.errors import RefusedError
from vivido.targets.podman.arguments import Wiring
from vivido.targets.podman.logs import last_lines
from vivido.targets.podman.manifest.blueprint import Workload
from vivido.targets.podman.names import Names
from vivido.targets.podman.pods import Maker, Pod
from vivido.targets.podman.program import Podman
from vivido.targets.podman.seen import Seen


class Jobs:
    """Runs the Jobs of one generation.

    A Job's container keeps its name and exit code until its generation is settled away, so a restart finds what ran. One that
    was made but not started never ran; one that runs is waited for; one that failed is run again by the next call.
    """

    def __init__(
        self, podman: Podman, names: Names, maker: Maker, generation: str, secrets: Callable[[], tuple[str, ...]]
    ) -> None:
        self._podman = podman
        self._names = names
        self._maker = maker
        self._generation = generation
        self._secrets = secrets

    def run(self, job: Workload, wiring: Wiring, seen: dict[str, Seen], timeout: float) -> None:
        """Return when a Job has succeeded.

        Raises:
            RefusedError: `podman.job-failed` or `podman.job-timeout` with its last output.
        """
        names = [self._names.job(self._generation, job, attempt) for attempt in range(job.attempts)]
        if any(self._succeeded(seen.get(name)) for name in names):
            return
        limit = float(job.deadline or timeout)
        for attempt, name in enumerate(names):
            pod = Pod(name, job, attempt, "job")
            if self._attempt(pod, wiring, seen.get(name), limit):
                return
        raise self._refusal(job, names[-1])

    def _succeeded(self, found: Seen | None) -> bool:
        return found is not None and found.state in ("exited", "stopped") and found.exit_code == 0

    def _attempt(self, pod: Pod, wiring: Wiring, found: Seen | None, limit: float) -> bool:
        if found is None or not found.running:
            self._maker.create(pod, wiring)
            self._maker.run_first(pod, wiring, limit)
            crashpoint("podman.job.start.before")
            self._maker.start(pod)
            crashpoint("podman.job.start.after")
        done = self._podman.attempt("wait", pod.name, timeout=limit)
        if done.timed_out:
            said = last_lines(self._podman, pod.name, self._secrets())
            self._podman.attempt("stop", pod.name)
            raise RefusedError(
                f"Job/{pod.workload.name} did not end within {limit:g} s; it printed:\n{said}",
                code="podman.job-timeout",
                hint="What ran still runs. Give it longer under the target's `ready:`, or mend it, and retry.",
            )
        return done.text.strip() == "0"

    def _refusal(self, job: Workload, name: str) -> RefusedError:
        said = last_lines(self._podman, name, self._secrets())
        return RefusedError(
            f"Job/{job.name} failed; it printed:\n{said or '(nothing)'}",
            code="podman.job-failed",
            hint="What ran still runs. Mend the Job and promote again, or retry: it will run once more.",
        )
