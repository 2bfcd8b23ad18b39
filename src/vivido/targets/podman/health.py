"""What runs, and how it is: told by containers and HAProxy, not by what Vivido remembers."""

import msgspec

from vivido.errors import Error
from vivido.model.reference import Digest
from vivido.targets.interface import Live
from vivido.targets.podman import names as label
from vivido.targets.podman.images import facts, has_digest
from vivido.targets.podman.manifest.blueprint import Probe
from vivido.targets.podman.probing import passes
from vivido.targets.podman.program import Podman
from vivido.targets.podman.proxy.serving import Serving
from vivido.targets.podman.proxy.traffic import Traffic
from vivido.targets.podman.seen import Seen


def live(podman: Podman, seen: tuple[Seen, ...], traffic: Traffic) -> Live:
    """Say what serves."""
    serving = traffic.serving
    pods = tuple(s for s in seen if s.labels.get(label.ROLE) == "pod")
    ours = tuple(s for s in pods if s.labels.get(label.GENERATION) == serving.generation)
    if not serving.generation or not (ours or serving.pods == 0):
        generations = sorted({s.labels.get(label.GENERATION, "") for s in pods})
        detail = f"containers of {', '.join(generations)} are there, and none of them serves" if pods else ""
        return Live("", "", {}, None, detail)
    wrong = [*_wrong(podman, ours, serving), *_traffic(traffic, serving)]
    digests = _digests(podman, ours)
    return Live(serving.generation, serving.release, digests, not wrong, "; ".join(wrong), urls(serving))


def urls(serving: Serving) -> dict[str, str]:
    """Return Service → URL, `service:port` for its further ports, and `""` where one Service alone speaks HTTP."""
    found: dict[str, str] = {}
    for route in (r for r in serving.routes if r.public):
        found[route.service if route.service not in found else f"{route.service}:{route.label or route.number}"] = (
            route.url
        )
    spoken = {r.service: r.url for r in reversed(serving.routes) if r.mode == "http" and r.public}
    return {**found, **({"": next(iter(spoken.values()))} if len(spoken) == 1 else {})}


def _digests(podman: Podman, containers: tuple[Seen, ...]) -> dict[str, Digest]:
    """Return the digest of each service whose containers all run the very content that their label promises."""
    known = facts(podman, {s.image for s in containers})
    promised: dict[str, set[str]] = {}
    for container in containers:
        service, digest = container.labels.get(label.SERVICE, ""), container.labels.get(label.DIGEST, "")
        if service:
            promised.setdefault(service, set()).add(digest if has_digest(known[container.image], digest) else "")
    return {s: Digest(d) for s, (d, *more) in ((s, sorted(ds)) for s, ds in promised.items()) if d and not more}


def _wrong(podman: Podman, containers: tuple[Seen, ...], serving: Serving) -> list[str]:
    wrong = [f"{len(containers)} of {serving.pods} containers are there"] if len(containers) < serving.pods else []
    for container in containers:
        name = f"{container.labels.get(label.WORKLOAD)} {container.labels.get(label.REPLICA)}"
        if not container.running:
            wrong.append(f"{name} is {container.state} (exit code {container.exit_code})")
        elif (probe := _probe(container)) and (why := passes(podman, probe, container)):
            wrong.append(f"{name}: {why}")
    return wrong


def _probe(container: Seen) -> Probe | None:
    text = container.labels.get(label.PROBE, "")
    try:
        return msgspec.json.decode(text, type=Probe) if text else None
    except msgspec.MsgspecError:
        return None


def _traffic(traffic: Traffic, serving: Serving) -> list[str]:
    if not serving.routes:
        return []
    if not traffic.alive():
        return ["HAProxy does not run: the next promotion starts it again"]
    try:
        backends = (b for b in traffic.backends() if b.name.partition(".")[0] == serving.generation)
        down = [b.route for b in backends if b.status.startswith("DOWN")]
    except Error as e:
        return [e.message]
    return [f"HAProxy gives no requests to a pod of {route}" for route in sorted(set(down))]
