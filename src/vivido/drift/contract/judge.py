"""The door of this room: everything that an environment's objects need and do not have."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from vivido.drift.contract.declared import Declared, unmet
from vivido.drift.contract.gap import Gap, remedy
from vivido.drift.contract.needs import Need, needs_of, unknown_mounts
from vivido.drift.contract.pods import Pod, pods
from vivido.drift.contract.supply import Supply
from vivido.drift.contract.variables import undefined
from vivido.drift.contract.wiring import Labelled, lost_ports, lost_selectors, needs_of_object
from vivido.model.difference import Path
from vivido.model.foreign import name_of
from vivido.model.objects import Rendered, plain_name
from vivido.text.nearest import nearest

_CODES = {
    "ConfigMap": "contract.config",
    "Secret": "contract.secret",
    "PersistentVolumeClaim": "contract.claim",
    "ServiceAccount": "contract.account",
    "Service": "contract.service",
}


class Terms(msgspec.Struct, frozen=True):
    """What is declared about an environment."""

    secrets: Mapping[str, Sequence[str]] = {}
    """Secrets whose values the file names sources for: name → keys."""
    provided: tuple[Path, ...] = ()
    """Selectors, taken apart, of what is there without being rendered; or of a place whose need is met from outside."""
    declared: tuple[Declared, ...] = ()


def gaps(rendered: Rendered, terms: Terms) -> tuple[Gap, ...]:
    """Return everything that is needed and not there, in the objects' order. Pure."""
    supply = Supply(rendered.objects, terms.secrets, terms.provided)
    every = [pod for one in rendered.objects for pod in pods(one)]
    found = [
        *_missing((n for pod in every for n in needs_of(pod)), supply),
        *_missing((n for one in rendered.objects for n in needs_of_object(one)), supply),
        *(gap for pod in every for gap in _inside(pod, supply)),
        *_wiring(rendered, every),
        *(gap for one in terms.declared for gap in unmet(one, every, supply)),
    ]
    return tuple(gap for gap in dict.fromkeys(found) if not supply.excuses(gap))


def _wiring(rendered: Rendered, every: Sequence[Pod]) -> Iterator[Gap]:
    services = {name_of(o): o for o in rendered.objects if o.get("kind") == "Service"}
    labelled = Labelled(every)
    for one in rendered.objects:
        yield from lost_selectors(one, labelled)
        yield from lost_ports(one, services)


def _inside(pod: Pod, supply: Supply) -> Iterator[Gap]:
    for at, name in unknown_mounts(pod):
        message = f"{at.object} mounts a volume {name} that its pods do not have"
        yield Gap("contract.volume", message, at, f"Add {name} under the pod's volumes, or take the mount out.")
    for at, container, _ in pod.containers():
        for place, name, later in undefined(at, container, supply):
            what = "is defined only after it" if later else "is not defined"
            message = f"$({name}) in {place.object} stays as it is written: the variable {what}"
            yield Gap(
                "contract.variable", message, place, f"Define {name} before it, or write $$({name}) for the text."
            )


def _missing(needs: Iterable[Need], supply: Supply) -> Iterator[Gap]:
    """Yield one gap for each object that something lacks, whatever number of its keys is needed, and one for each key."""
    lacking: dict[tuple[str, str, str], list[Need]] = {}
    for need in needs:
        if need.optional:
            continue
        if not supply.has(need.kind, need.at.namespace, need.name):
            lacking.setdefault((need.at.object, need.kind, need.name), []).append(need)
        elif need.key and not supply.has_key(need.kind, need.at.namespace, need.name, need.key):
            yield _key_gap(need, supply)
    for group in lacking.values():
        yield _object_gap(group, supply)


def _object_gap(group: Sequence[Need], supply: Supply) -> Gap:
    first = group[0]
    keys = list(dict.fromkeys(n.key for n in group if n.key))
    wanted = f" with {'key' if len(keys) == 1 else 'keys'} {', '.join(keys)}" if keys else ""
    message = f"{first.at.object} needs {first.kind}/{plain_name(first.name)}{wanted}, which is not there"
    meant = supply.nearest(first.kind, first.name)
    hint = f"Did you mean {meant}? " if meant else ""
    code = _CODES.get(first.kind, "contract.reference")
    return Gap(code, message, first.at, hint + remedy(first.kind, first.name), (first.kind, first.name))


def _key_gap(need: Need, supply: Supply) -> Gap:
    message = f"{need.at.object} needs key {need.key} of {need.kind}/{plain_name(need.name)}, which does not have it"
    code = "contract.secret-key" if need.kind == "Secret" else "contract.key"
    has = supply.keys(need.kind, need.at.namespace, need.name)
    meant = nearest(need.key, sorted(has or ()))
    hint = f"Did you mean {meant}? " if meant else ""
    needs = (need.kind, need.name, "data", need.key)
    return Gap(code, message, need.at, hint + remedy(need.kind, need.name, need.key), needs)
