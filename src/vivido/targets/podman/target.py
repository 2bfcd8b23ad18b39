"""The five verbs of a `podman` target."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from vivido.errors import ConflictError, Error, NotFoundError
from vivido.model.observation import Observation
from vivido.model.problem import Problem
from vivido.targets.interface import Contents, Desired, Live, Stranger, TargetContext
from vivido.targets.podman import checks
from vivido.targets.podman import names as label
from vivido.targets.podman.addresses import ensure_addresses
from vivido.targets.podman.foreign import refuse_foreign
from vivido.targets.podman.health import live
from vivido.targets.podman.limiting import controllers, fitted
from vivido.targets.podman.manifest.blueprint import Blueprint
from vivido.targets.podman.manifest.read import read_blueprint
from vivido.targets.podman.materials import remove_secrets
from vivido.targets.podman.names import Names
from vivido.targets.podman.network import Network, find_network
from vivido.targets.podman.options import PodmanOptions
from vivido.targets.podman.ports import Ports
from vivido.targets.podman.program import Podman
from vivido.targets.podman.proxy.inner import Inner
from vivido.targets.podman.proxy.process import Proxy
from vivido.targets.podman.proxy.serving import Serving
from vivido.targets.podman.proxy.traffic import Traffic
from vivido.targets.podman.removal import contents, remove_claims, stop_and_remove
from vivido.targets.podman.seen import Seen, see
from vivido.targets.podman.stage import Stage
from vivido.targets.podman.switching import serving_of
from vivido.targets.podman.volumes import remove_volumes
from vivido.time.option import seconds

STOP_TIMEOUT = 3600.0
"""Seconds that stopping may take; each container's own limit is its manifest's."""


class PodmanTarget:
    """An environment whose pods are containers on this machine."""

    def __init__(
        self, options: PodmanOptions, context: TargetContext, environment: str, environ: Mapping[str, str]
    ) -> None:
        self._options = options
        self._context = context
        self._names = Names(context.project, environment)
        self._podman = Podman(Path(context.state), environ)
        self._proxy = Proxy(Path(context.state) / "haproxy", environ)
        inside = ["podman", "unshare", "--rootless-netns"]
        self._inner = Inner(Proxy(self._proxy.directory, self._podman.environ, name="inner", inside=inside))
        self._traffic = Traffic(self._proxy, self._inner)
        self._controllers = cache(lambda: controllers(self._podman))
        self._ports = Ports(self._names, Path(context.state) / "ports.json", options.ports)

    def check(self, desired: Desired) -> tuple[Problem, ...]:
        """Say what is missing, cannot run here, or is somebody else's."""
        blueprint = self._read(desired)
        found = [*checks.tools(self._proxy.program), *blueprint.problems, *checks.secrets(blueprint, self._context)]
        if not any(p.code == "podman.missing" for p in found):
            found += checks.machine(self._podman, self._names, self._context)
        return (*found, *checks.ports(blueprint, self._ports, self._traffic.serving))

    def stage(self, desired: Desired) -> None:
        """Pull images, run Jobs, start pods beside the old ones, and wait until all are ready.

        Raises:
            RefusedError: `target.not-ready`, `podman.job-failed`, `podman.secret-missing`.
            ToolError: `podman.failed`, `tool.missing`.
        """
        blueprint = self._read(desired)
        for notice in blueprint.notices:
            self._context.progress(notice)
        self.restore()
        stage, limit = Stage(self._podman, self._context, desired, blueprint), seconds("ready", self._options.ready)
        stage.start(limit)
        self._open_new_services(desired, blueprint)
        stage.wait(limit)

    def switch(self, desired: Desired) -> None:
        """Give the generation the traffic of all its Services.

        Raises:
            ConflictError: `podman.port-taken`.
            RefusedError: `target.not-ready`: a pod is gone since it was staged.
        """
        blueprint = self._read(desired)
        planned = self._ports.plan(blueprint)
        self._ports.keep(planned)
        self._traffic.switch(self._wanted(desired, blueprint, planned))

    def settle(self, keep: str) -> None:
        """Wait for what is under way, then stop and remove every generation but one. Claims' volumes stay in any case.

        Raises:
            ConflictError: `podman.not-serving`: another generation has the traffic.
        """
        serving = self._traffic.serving
        if keep and serving.generation not in ("", keep):
            raise ConflictError(
                f"generation {keep} does not serve: {serving.generation} does",
                code="podman.not-serving",
                hint="Switch to it first.",
            )
        if keep:
            self.restore()
            self._traffic.retire(keep)
            self._drain(keep)
        else:
            self._traffic.stop()
        doomed = [
            s for s in see(self._podman, self._names.labels) if not keep or s.labels.get(label.GENERATION) != keep
        ]
        stop_and_remove(self._podman, doomed, STOP_TIMEOUT, self._context.progress)
        if keep:
            self._traffic.drop(keep)
        self._tidy(keep)

    def current(self) -> Live:
        """Say what serves, told by containers and HAProxy.

        Raises:
            ToolError: `podman.failed`, `tool.missing`.
        """
        return live(self._podman, see(self._podman, self._names.labels), self._traffic)

    def observe(self, desired: Desired) -> Observation:
        """Return what a generation that nobody touched would look like, and what is there. No effect.

        Raises:
            ToolError: `podman.failed`, `tool.missing`: nothing can be said.
        """
        from vivido.targets.podman.observe.look import Look, haproxy
        from vivido.targets.podman.observe.traffic import Witness

        blueprint, recorded = self._read(desired), self._traffic.serving
        running = self._traffic.running()
        backends = self._traffic.backends() if running is not None else ()
        witness = Witness(recorded, running, backends, self._traffic.written())
        traffic = haproxy(desired, self._should_serve(desired, blueprint, recorded), witness, blueprint)
        return Look(self._podman, self._context, desired, blueprint).observe(self._options.writes, traffic)

    def strangers(self) -> tuple[Stranger, ...]:
        """Return the running containers on this machine that no Vivido started.

        Raises:
            ToolError: `podman.failed`, `tool.missing`.
        """
        from vivido.targets.podman.strangers import strangers

        return strangers(self._podman)

    def clear(self, names: tuple[str, ...]) -> None:
        """Take containers that nobody declared out of the environment: see `observe.clear`."""
        from vivido.targets.podman.observe.clear import clear

        clear(self._podman, self._names, names)

    def _should_serve(self, desired: Desired, blueprint: Blueprint, recorded: Serving) -> Serving:
        """Return the routes of a generation to the pods that are there; those that are recorded where one is gone."""
        network = find_network(self._podman, self._names)
        if network is None:
            return recorded
        public = dict.fromkeys((f"{s.name}:{p.number}" for s in blueprint.services for p in s.ports), 0)
        try:
            return serving_of(desired, blueprint, self._see(desired.generation), network, public)
        except (Error, KeyError):
            return recorded

    def contents(self, *, volumes: bool) -> Contents:
        """Say what of the environment is on this machine.

        Raises:
            ConflictError: `podman.foreign`: it runs from another checkout.
            ToolError: `podman.failed`, `podman.name-taken`, `tool.missing`.
        """
        return contents(self._podman, self._names, self._context.state, self._proxy.running(), volumes=volumes)

    def empty(self, *, volumes: bool) -> None:
        """Stop and remove everything of the environment; with `volumes` what its claims hold, too.

        Raises:
            ConflictError: `podman.foreign`.
            ToolError: `podman.failed`, `tool.missing`.
        """
        refuse_foreign(self._podman, self._names, self._context.state)
        self.settle("")
        if volumes:
            remove_claims(self._podman, self._names.labels)

    def restore(self) -> bool:
        """Bring back what should serve: its containers after the machine was off, HAProxy after it was killed.

        Returns:
            Whether anything had to be done.
        """
        serving = self._traffic.serving
        if not serving.generation:
            return False
        down = [s.id for s in self._see(serving.generation) if not s.running and s.labels.get(label.ROLE) == "pod"]
        if down:
            self._podman.attempt("start", *down)
        network = find_network(self._podman, self._names)
        if network is not None:
            self._answer_for(network, serving)
        return self._traffic.restore() or bool(down)

    def _open_new_services(self, desired: Desired, blueprint: Blueprint) -> None:
        """Let new pods reach each other under names that nobody serves yet: else none of them could wait for another."""
        served = {r.name for r in self._traffic.serving.routes if r.servers and r.public}
        names = {f"{s.name}:{p.number}" for s in blueprint.services for p in s.ports}
        if names - served:
            self._traffic.open(self._wanted(desired, blueprint, dict.fromkeys(names, 0)))

    def _wanted(self, desired: Desired, blueprint: Blueprint, public: dict[str, int]) -> Serving:
        network = self._network()
        serving = serving_of(desired, blueprint, self._see(desired.generation), network, public)
        self._answer_for(network, serving)
        return serving

    def _answer_for(self, network: Network, serving: Serving) -> None:
        """Give the Services' addresses to this machine, or to rootless Podman's part of it."""
        addresses = sorted({r.address for r in serving.routes})
        if os.geteuid() == 0:
            ensure_addresses(network.interface, addresses)
            return
        program = [sys.executable, "-m", ensure_addresses.__module__, network.interface, *addresses]
        self._inner.leave(self._podman.run("unshare", "--rootless-netns", *program).strip())

    def _read(self, desired: Desired) -> Blueprint:
        return fitted(read_blueprint(desired, self._context.secret_keys, self._options.ignore), self._controllers)

    def _see(self, generation: str) -> tuple[Seen, ...]:
        return see(self._podman, {**self._names.labels, label.GENERATION: generation})

    def _network(self) -> Network:
        network = find_network(self._podman, self._names)
        if network is None:
            raise NotFoundError(f"the network {self._names.prefix} is gone", code="podman.network", hint="Stage again.")
        return network

    def _drain(self, keep: str) -> None:
        self._context.progress(f"requests under way on the old pods may take up to {self._options.drain} to end")
        if not self._traffic.drained(keep, seconds("drain", self._options.drain)):
            self._context.progress(f"requests are still under way after {self._options.drain}: stopping all the same")

    def _tidy(self, keep: str) -> None:
        remove_volumes(self._podman, self._names.labels, [keep] if keep else [])
        remove_secrets(self._podman, self._names, keep)
        if not keep:
            with suppress(Error):
                self._podman.run("network", "rm", "--force", self._names.prefix)
