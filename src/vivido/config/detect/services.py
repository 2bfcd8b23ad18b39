"""Contexts and configurations become services: which image of which manifests is built where."""

import re

from vivido.config.detect.found import Config, Context, ServiceGuess, Use
from vivido.config.detect.names import made_valid, own

# Images that everybody uses and nobody of this repository builds.
_FOREIGN = re.compile(
    "alpine|busybox|debian|ubuntu|nginx|httpd|traefik|envoy|haproxy|postgres|postgresql|mysql|mariadb|redis|valkey|memcached"
    "|mongo|mongodb|rabbitmq|kafka|zookeeper|nats|elasticsearch|opensearch|minio|vault|consul|etcd|prometheus|grafana|jaeger"
    "|curl|node|python|golang|openjdk|adminer|mailhog|wait-for|kubectl|registry|migrate"
)

_SAYS_NOTHING = frozenset(
    (
        "",
        ".",
        "deploy",
        "deployment",
        "k8s",
        "kubernetes",
        "manifests",
        "overlays",
        "envs",
        "environments",
        "base",
        "chart",
        "charts",
    )
)
"""Directories that are not called after what is in them."""


def services(contexts: tuple[Context, ...], configs: tuple[Config, ...]) -> tuple[ServiceGuess, ...]:
    """Return the services: one for each context, and one for each image of this project's that is built elsewhere."""
    built = [_built(c, _config_of(c, contexts, configs), contexts) for c in contexts]
    taken = {name for guess in built for name in guess.mentions}
    with_manifests = {guess.config for guess in built}
    elsewhere = [
        ServiceGuess(made_valid(_last(image)), config.path, None, image, (image,))
        for config in configs
        for image in dict.fromkeys(use.image for use in config.uses if _ours(use))
        if image not in taken and (config.path not in with_manifests or "/" in image)
    ]
    found = built + ([] if contexts else elsewhere)
    names = own([guess.name for guess in found])
    return tuple(
        ServiceGuess(name, g.config, g.context, g.image, g.mentions) for name, g in zip(names, found, strict=True)
    )


def unnamed(configs: tuple[Config, ...], project: str) -> tuple[ServiceGuess, ...]:
    """Return a service for each configuration of which no image is known: custom resources, charts that put it together."""
    called = [
        next((p for p in reversed(c.path.split("/")) if p not in _SAYS_NOTHING and "{" not in p), project)
        for c in configs
    ]
    names = own([made_valid(name) for name in called])
    return tuple(ServiceGuess(name, c.path) for name, c in zip(names, configs, strict=True))


def _config_of(context: Context, contexts: tuple[Context, ...], configs: tuple[Config, ...]) -> Config | None:
    scored = [(_score(context, config, len(contexts)), config) for config in configs]
    best = max(scored, key=lambda s: (s[0], bool(s[1].environments)), default=(0, None))
    return best[1] if best[0] else None


def _score(context: Context, config: Config, contexts: int) -> int:
    """Say how surely a configuration deploys a context's image; 0: nothing speaks for it."""
    if context.path != "." and config.path.startswith(f"{context.path}/"):
        return 4
    if context.name in config.path.split("/"):
        return 3
    if any(_names(context.name, use) for use in config.uses):
        return 2
    # A chart puts its image together of values that may be empty in the repository.
    return 1 if contexts == 1 and (config.helm or any(_ours(use) for use in config.uses)) else 0


def _built(context: Context, config: Config | None, contexts: tuple[Context, ...]) -> ServiceGuess:
    if config is None:
        return ServiceGuess(context.name, "", context)
    mentioned = [use.image for use in config.uses if _names(context.name, use)]
    others = {c.name for c in contexts if c != context}
    free = [u.image for u in config.uses if _ours(u) and not any(_names(o, u) for o in others)]
    if not mentioned and len(set(free)) == 1:
        mentioned = free
    name = context.name
    if context.path == "." and not context.file and len(contexts) == 1 and mentioned:
        name = made_valid(_last(mentioned[0]))
    return ServiceGuess(name, config.path, context, "", tuple(dict.fromkeys(mentioned)))


def _names(name: str, use: Use) -> bool:
    """Say whether an image is probably the one of that name: by its own name, or by its workload's if it is nobody else's."""
    last = made_valid(_last(use.image))
    if last == name or last.endswith(f"-{name}"):
        return True
    return _ours(use) and name in (use.workload, use.container)


def _ours(use: Use) -> bool:
    return not _FOREIGN.fullmatch(_last(use.image))


def _last(image: str) -> str:
    return image.rpartition("/")[2]
