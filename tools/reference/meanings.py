"""What names mean that no docstring explains: variables, trailers, labels, and codes whose words are put together elsewhere."""

READ = {
    "VIVIDO_FILE": "The `vivido.yaml` to use, where it is not here or above.",
    "VIVIDO_STATE": "Directory of the project's state on this machine. Otherwise `$XDG_STATE_HOME/vivido/PROJECT-…`.",
    "VIVIDO_CACHE": "Directory of what can be fetched again (mirrors). Otherwise `$XDG_CACHE_HOME/vivido`.",
    "VIVIDO_HAPROXY": "The HAProxy program of the target `podman`, where `haproxy` is not on PATH.",
    "VIVIDO_DEBUG": "Anything: an error is told with the place in the code where it arose.",
    "VIVIDO_CRASH_AT": "For tests: the crashpoint at which the process ends with SIGKILL (`git.push.before`, `git.push.before#2`).",
    "VIVIDO_CRASH_LOG": "For tests: a file to which the name of each crashpoint is appended.",
}
"""Variable → meaning."""

_TARGET, _GATE, _BUILD, _AUDIT = "target `command`", "gate `run`", "build command", "`audit: on-new`"

SET = {
    "VIVIDO_PROJECT": (_TARGET, "Name of the project."),
    "VIVIDO_ENVIRONMENT": (f"{_TARGET}, {_GATE}", "Name of the environment."),
    "VIVIDO_RELEASE": (f"{_TARGET} (`apply`, `check`), {_GATE}", "Id of the release."),
    "VIVIDO_PROMOTION": (f"{_TARGET} (`apply`, `check`), {_GATE}", "Id of the promotion; the same after a crash."),
    "VIVIDO_GENERATION": (
        f"{_TARGET} (`apply`, `check`)",
        "Names what is brought up, by its content; the same content has the same name.",
    ),
    "VIVIDO_MANIFESTS": (f"{_TARGET} (`apply`, `check`)", "Path of a file with the rendered objects."),
    "VIVIDO_IMAGE_<SERVICE>": (
        f"{_TARGET} (`apply`, `check`), {_GATE}",
        "`registry/path@sha256:…` of a service; its name in capitals, everything but letters and digits as `_`.",
    ),
    "VIVIDO_DIGEST_<SERVICE>": (_GATE, "`sha256:…` of a service."),
    "VIVIDO_URL": (_GATE, "Where the environment is reached; empty where it is not known, or before it is changed."),
    "VIVIDO_URL_<SERVICE>": (_GATE, "Where one Kubernetes Service is reached."),
    "VIVIDO_GATE": (_GATE, "Name of the gate."),
    "VIVIDO_AUDIT": (_AUDIT, "Id of what is new: the same where the command is run again."),
    "VIVIDO_ATTEMPT": (_GATE, "Number of the attempt, from 1; `vivido retry` raises it."),
    "VIVIDO_IMAGE": (_BUILD, "The reference that the command has to push to, with tag."),
    "VIVIDO_REPOSITORY": (_BUILD, "The same without tag."),
    "VIVIDO_TAG": (_BUILD, "The tag alone."),
    "VIVIDO_COMMIT": (_BUILD, "The commit that is built."),
    "VIVIDO_CONTEXT": (_BUILD, "Directory with the committed files of the context."),
    "VIVIDO_PLATFORMS": (_BUILD, "`linux/amd64,linux/arm64`; empty for the builder's own."),
    "VIVIDO_LABELS": (_BUILD, "Labels that the image has to carry, `KEY=VALUE`, one a line."),
    "VIVIDO_LABELS_JSON": (_BUILD, "The same as a JSON object."),
    "VIVIDO_ARGS": (_BUILD, "The build arguments of the file, `KEY=VALUE`, one a line."),
}
"""Variable → (in which commands, meaning)."""

OTHERS = {
    "NO_COLOR": "Anything: no colours (https://no-color.org). `FORCE_COLOR` asks for them where output is no terminal.",
    "XDG_STATE_HOME": "Base of the state directory; otherwise `~/.local/state`.",
    "XDG_CACHE_HOME": "Base of the cache; otherwise `~/.cache`.",
    "DOCKER_CONFIG": "Directory of Docker's `config.json` with registry credentials; `REGISTRY_AUTH_FILE` names a file.",
    "SSH_AUTH_SOCK": "The SSH agent that signs approvals and commits.",
    "GIT_SSH_COMMAND": "How Git reaches SSH servers; so do Git's own settings and credential helpers.",
    "PGPASSWORD": "Password of a PostgreSQL state; `~/.pgpass` is better.",
    "CONTAINERS_CONF": "Podman's and Buildah's configuration; where it is set, Vivido writes none of its own.",
    "HTTPS_PROXY": "Proxy for registries and `http` gates, with `HTTP_PROXY` and `NO_PROXY`.",
}
"""Variable → meaning."""

TRAILERS = {
    "Vivido-Release": "Id of the release.",
    "Vivido-Environment": "Name of the environment.",
    "Vivido-Digest": "`SERVICE=sha256:…`, one for each service.",
    "Vivido-Revision": "Commit of the environment's configuration that the release goes with.",
    "Vivido-Revisions": "`ENVIRONMENT=COMMIT`, one for each environment, where each has a configuration of its own.",
    "Vivido-Content": "Hash of the environment's rendered objects.",
    "Vivido-Validated": "Layout `branches`: the commit whose tree was promoted, with the environment's own files.",
    "Vivido-Own": "Layout `branches`: a file that was found to be the environment's own, for parity rules allow all that differs.",
    "Vivido-Before": "`ENVIRONMENT=COMMIT`: what an environment's branch was at before a conversion, where its history goes on.",
    "Vivido-Declared": "The commit whose `vivido.yaml` held before a conversion.",
    "Vivido-Conversion": "Id of the conversion to another layout that made the commit; nobody promoted it.",
    "Vivido-Superseded": "Layout `branches`: a person's commit there that was declared superseded; the message has the reason.",
    "Vivido-Unchanged": "`ENVIRONMENT=PROMOTION`: an environment before that it does not change, and whose evidence stands for it.",
    "Vivido-Requested-By": "Who asked for it, as far as was known; it proves nothing.",
    "Vivido-Ledger": "Hash of the promotion's newest ledger entry when the commit was made; `vivido ledger verify` compares it.",
    "Vivido-Promotion": "Id of the promotion. With the step it is the commit's key: whoever starts again finds it by this.",
    "Vivido-Drift": "Id of an adoption (`vivido drift adopt`): a person's commit that declares what was changed by hand.",
    "Vivido-Owner": "Who answers for what an adoption declares.",
    "Vivido-Step": "The step that made the commit: `commit`, or `undo-commit` where a promotion went back; on a branch of rendered"
    " objects `hydrate` and `undo-hydrate`.",
    "Vivido-Source": "On a branch of rendered objects: the promotion's commit to the configuration.",
}
"""Trailer → meaning."""

TAGS = {
    "COMMIT-TIME": "One build: 12 characters of the commit and the time of the build, UTC (`0123456789ab-20261123T101500Z`).",
    "inputs-HASH": "What was built of these inputs; by it `vivido build` finds an artifact again.",
    "edge": "What was built last. The file's `channel:` names another.",
    "ENVIRONMENT": "What runs in that environment. Written after the fact, never read as truth, put back where somebody moves it.",
}
"""Tag → meaning."""

LABELS = {
    "dev.vivido.requires": "Yours to set: what it needs of any environment, JSON with `env`, `config`, `secrets`, `services`.",
    "org.opencontainers.image.revision": "Commit that the image was built from. “Not the author” is judged by it.",
    "org.opencontainers.image.source": "URL of the repository, without credentials.",
    "org.opencontainers.image.created": "Time of the commit, not of the build, so that building twice gives one digest.",
    "org.opencontainers.image.version": "Version, or 12 characters of the commit.",
    "org.opencontainers.image.title": "Name of the service.",
    "dev.vivido.inputs": "Hash of the inputs; empty on an image of a tree with uncommitted changes.",
    "dev.vivido.dirty": "`true` where the tree had uncommitted changes: such an image goes nowhere.",
}
"""Label → meaning."""

CONTAINERS = {
    "vivido.project": "Name of the project.",
    "vivido.environment": "Name of the environment.",
    "vivido.generation": "What was brought up, by its content.",
    "vivido.release": "Id of the release.",
    "vivido.promotion": "Id of the promotion that brought it.",
    "vivido.service": "Name of the service.",
    "vivido.digest": "Digest of the service's image.",
    "vivido.state": "State directory: tells two checkouts of one project on one machine apart.",
    "vivido.role": "`pod`, `job` or `init`.",
    "vivido.workload": "The Deployment or other object that it comes from.",
    "vivido.replica": "Its number among the replicas.",
    "vivido.probe": "The readiness probe as JSON.",
}
"""Label → meaning."""

ENTRY_POINTS = {
    "vivido.gates": "Kinds of gates that a package brings: name in the file = `module:object`.",
    "vivido.targets": "Kinds of targets that a package brings.",
}
"""Entry-point group → meaning."""
