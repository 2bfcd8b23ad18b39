"""What Podman, programs and the machine do by themselves, and other spellings of the same, as Podman shows it."""

import copy
import random
from typing import Any

from seeded import HERE, Change, World, env, host, networks

C = dict[str, Any]
R = random.Random


def _top(**values: Any) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        c.update(copy.deepcopy(values))

    return change


def _config(**values: Any) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        c["Config"].update(copy.deepcopy(values))

    return change


def _state(**values: Any) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        c["State"].update(values)

    return change


def _host(**values: Any) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        host(c, **copy.deepcopy(values))

    return change


def _env(**values: str | None) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        for name, value in values.items():
            env(c, name, value)

    return change


def _file(how: str, *paths: str) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        w.touch(what, how, *paths)

    return change


def _made_again(w: World, what: str, c: C, r: R) -> None:
    c["Id"] = f"{r.randrange(16**64):064x}"
    c["Created"] = "2026-12-01T00:00:00Z"
    c["State"] |= {"Pid": 7, "ConmonPid": 6, "StartedAt": "2026-12-01T00:00:01Z"}


def _restarted_by_policy(w: World, what: str, c: C, r: R) -> None:
    c["RestartCount"] = r.randrange(1, 9)
    c["State"] |= {"StartedAt": "2026-12-01T00:00:00Z", "FinishedAt": "2026-11-30T23:59:59Z", "ExitCode": 0}


def _address(w: World, what: str, c: C, r: R) -> None:
    for one in c["NetworkSettings"]["Networks"].values():
        one |= {
            "IPAddress": f"10.252.117.{r.randrange(2, 120)}",
            "MacAddress": "02:00:00:00:00:01",
            "Aliases": [c["Id"][:12]],
        }


def _shuffled(*path: str) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        place: Any = c
        for key in path[:-1]:
            place = place[key]
        found = place.get(path[-1]) or []
        place[path[-1]] = (
            dict(r.sample(list(found.items()), len(found))) if isinstance(found, dict) else r.sample(found, len(found))
        )

    return change


def _pod_shuffled(w: World, what: str, c: C, r: R) -> None:
    place, ports, hosts = w.shared(what)
    place[hosts] = r.sample(place[hosts], len(place[hosts]))
    place[ports] = dict(reversed((place[ports] or {}).items()))


def _other_port_of_the_machine(w: World, what: str, c: C, r: R) -> None:
    place, ports, _ = w.shared(what)
    for given in (place[ports] or {}).values():
        given[0]["HostPort"] = str(r.randrange(33_000, 60_000))


def _kernel_unread(w: World, what: str, c: C, r: R) -> None:
    w.limit(what, memory=None, cpus=None)


def _whole_pages(w: World, what: str, c: C, r: R) -> None:
    # The kernel rounds down to whole pages what was asked for.
    memory = int(c["HostConfig"]["Memory"])
    w.limit(what, memory=memory)
    asked = memory + 17 if memory else 0
    host(c, Memory=asked, MemorySwap=2 * asked)


def _processors_as_quota(w: World, what: str, c: C, r: R) -> None:
    nano = int(c["HostConfig"]["NanoCpus"])
    host(c, NanoCpus=0, CpuPeriod=50_000, CpuQuota=nano // 20_000)
    w.limit(what, cpus=None)


def _swap_by_itself(w: World, what: str, c: C, r: R) -> None:
    host(c, MemorySwap=-1 if r.random() < 0.5 else 2 * c["HostConfig"]["Memory"])


def _older_capabilities(w: World, what: str, c: C, r: R) -> None:
    if "--cap-drop=ALL" not in c["Config"]["CreateCommand"]:
        c["BoundingCaps"] = sorted([*c["BoundingCaps"], "CAP_AUDIT_WRITE", "CAP_MKNOD", "CAP_NET_RAW"])


def _read_only_places(w: World, what: str, c: C, r: R) -> None:
    if c["HostConfig"]["ReadonlyRootfs"]:
        host(c, Tmpfs={**(c["HostConfig"]["Tmpfs"] or {}), "/dev/shm": "rw"})


def _made_through_the_api(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["CreateCommand"] = None


def _digest_of_the_platform(w: World, what: str, c: C, r: R) -> None:
    # An index was promoted; what runs is the manifest that was chosen from it, and Podman knows both names.
    c["ImageDigest"] = "sha256:" + "d" * 64


def _image_tagged(w: World, what: str, c: C, r: R) -> None:
    c["ImageName"] = "registry.test/web:latest"
    c["Config"]["Image"] = "registry.test/web:latest"
    w.raw["images"][0]["RepoTags"] = ["registry.test/web:latest"]


def _secret_kept_to_itself(w: World, what: str, c: C, r: R) -> None:
    # Podman 5.3 and newer.
    env(c, "PASSWORD", None)
    env(c, "URL", None)


def _image_sets_what_sounds_secret(w: World, what: str, c: C, r: R) -> None:
    for name, value in (("GPG_KEY", "E3FF2839C048B25C"), ("SOURCE_URL", "https://me:pw@example.com/x")):
        w.raw["images"][0]["Config"]["Env"].append(f"{name}={value}")
        for one in w.raw["containers"]:
            env(one, name, value)


def _job_removed(w: World, what: str, c: C, r: R) -> None:
    w.raw["containers"] = [x for x in w.raw["containers"] if "-job-" not in x["Name"]]


def _init_container(w: World, what: str, c: C, r: R) -> None:
    made: C = {**copy.deepcopy(c), "Name": f"{c['Name']}-first", "Id": "1" * 64}
    made["Config"]["Labels"]["vivido.role"] = "init"
    w.raw["containers"].append(made)


def _order(w: World, what: str, c: C, r: R) -> None:
    r.shuffle(w.raw["containers"])
    w.raw["pods"].reverse()


def _foreign_labels(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["Labels"] |= {"io.podman.compose.version": "1", "team": "web"}


def _anonymous_network_data(w: World, what: str, c: C, r: R) -> None:
    networks(
        c, **{name: {**one, "DriverOpts": {}, "Links": []} for name, one in c["NetworkSettings"]["Networks"].items()}
    )


def _empty_means_none(w: World, what: str, c: C, r: R) -> None:
    host(c, Dns=None, GroupAdd=None, Devices=None, SecurityOpt=c["HostConfig"]["SecurityOpt"] or None)
    c["Config"]["Secrets"] = c["Config"].get("Secrets") or []


def _selinux(w: World, what: str, c: C, r: R) -> None:
    more = ["label=type:container_t", "label=level:s0:c1,c2"]
    host(c, SecurityOpt=[*(c["HostConfig"]["SecurityOpt"] or []), *more])


def _mounts_told_otherwise(w: World, what: str, c: C, r: R) -> None:
    for one in c["Mounts"]:
        one |= {"Options": ["rbind", "rprivate"], "Propagation": "private", "Mode": "z"}


def _data_in_volumes(w: World, what: str, c: C, r: R) -> None:
    if any(m["Destination"] == "/data" for m in c["Mounts"]):
        w.touch(what, "added", "/data/rows", "/scratch/x", "/fast/y")


def _mounted_below_the_image(w: World, what: str, c: C, r: R) -> None:
    w.touch(what, "changed", *{m["Destination"].rpartition("/")[0] or "/" for m in c["Mounts"]})


CHANGES: dict[str, tuple[Change, str]] = {
    name: (change, HERE)
    for name, change in {
        "made again by the system": _made_again,
        "restarted by its policy": _restarted_by_policy,
        "started later": _state(StartedAt="2026-12-01T00:00:00Z"),
        "another process": _state(Pid=4711, ConmonPid=4710),
        "it ended once before": _state(FinishedAt="2026-12-01T00:00:00Z", ExitCode=143),
        "checked for health": _state(Health={"Status": "healthy", "FailingStreak": 0, "Log": []}),
        "told as healthy": _state(Status="healthy"),
        "another address": _address,
        "another port of the machine": _other_port_of_the_machine,
        "variables in another order": _shuffled("Config", "Env"),
        "labels in another order": _shuffled("Config", "Labels"),
        "mounts in another order": _shuffled("Mounts"),
        "capabilities in another order": _shuffled("BoundingCaps"),
        "secrets in another order": _shuffled("Config", "Secrets"),
        "ports and hosts in another order": _pod_shuffled,
        "containers in another order": _order,
        "limits of the kernel unreadable": _kernel_unread,
        "memory in whole pages": _whole_pages,
        "processors as a quota": _processors_as_quota,
        "swap by itself": _swap_by_itself,
        "swappiness": _host(MemorySwappiness=60),
        "the machine's limit of processes": _host(PidsLimit=16384),
        "the machine's limit of files": _host(Ulimits=[{"Name": "RLIMIT_NOFILE", "Soft": 1048576, "Hard": 1048576}]),
        "the machine's shared memory": _host(ShmSize=128 << 20),
        "another log path": _host(LogConfig={"Type": "k8s-file", "Path": "/elsewhere/ctr.log", "Size": "10MB"}),
        "another cgroup manager": _host(CgroupManager="systemd", CgroupMode="private"),
        "another runtime": _top(OCIRuntime="crun", Driver="btrfs"),
        "effective capabilities of a user": _top(EffectiveCaps=None),
        "older capabilities by default": _older_capabilities,
        "SELinux labels": _selinux,
        "places in memory of a read-only layer": _read_only_places,
        "mount options told otherwise": _mounts_told_otherwise,
        "empty lists told as null": _empty_means_none,
        "networks told otherwise": _anonymous_network_data,
        "made through Podman's API": _made_through_the_api,
        "an index was promoted": _digest_of_the_platform,
        "its image tagged": _image_tagged,
        "labels of others": _foreign_labels,
        "annotations": _config(
            Annotations={"io.podman.annotations.init": "FALSE", "run.oci.keep_original_groups": "1"}
        ),
        "entrypoint as a list": _config(Entrypoint=["/bin/busybox"]),
        "stop signal by name": _config(StopSignal="SIGTERM"),
        "no health check at all": _config(Healthcheck=None),
        "a terminal type": _env(TERM="xterm"),
        "no terminal type": _env(TERM=None),
        "container=oci": _env(container="oci"),
        "no hostname variable": _env(HOSTNAME=None),
        "a home": _env(HOME="/root"),
        "the machine's proxy": _env(http_proxy="http://proxy:3128", NO_PROXY="localhost"),
        "secrets kept to itself": _secret_kept_to_itself,
        "an image that sets what sounds like a secret": _image_sets_what_sounds_secret,
        "logs": _file("added", "/var", "/var/log", "/var/log/app.log"),
        "temporary files": _file("added", "/tmp", "/tmp/x", "/var/tmp/y"),
        "process ids": _file("added", "/run", "/run/app.pid"),
        "caches": _file("added", "/var/cache", "/var/cache/app/x", "/root", "/root/.cache", "/root/.cache/y"),
        "byte code": _file("added", "/app", "/app/__pycache__", "/app/__pycache__/m.cpython-311.pyc"),
        "a spool": _file("added", "/var/spool", "/var/spool/mail"),
        "a temporary file of the image gone": _file("deleted", "/tmp/build"),
        "names and accounts laid in by Podman": _file(
            "added", "/etc", "/etc/hosts", "/etc/resolv.conf", "/etc/passwd", "/etc/group"
        ),
        "data in volumes": _data_in_volumes,
        "directories that mounts are in": _mounted_below_the_image,
        "a finished Job removed": _job_removed,
        "an init container": _init_container,
    }.items()
}
"""Change → what it does. None of them may be found."""
