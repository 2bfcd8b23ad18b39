"""What people do to containers by hand, as Podman shows it afterwards."""

import copy
import random
from typing import Any

from seeded import EXTRA, HERE, SHARED, Change, World, env, host, line, mount, networks, stray

C = dict[str, Any]
R = random.Random


def _env_added(w: World, what: str, c: C, r: R) -> None:
    env(c, f"DEBUG_{r.randrange(9)}", str(r.random()))


def _env_of_image_changed(w: World, what: str, c: C, r: R) -> None:
    env(c, "PATH", "/evil:/bin")


def _env_removed(w: World, what: str, c: C, r: R) -> None:
    env(c, "WHO" if what.startswith("web") else "PATH", None)


def _env_that_the_system_sets_changed(w: World, what: str, c: C, r: R) -> None:
    env(c, "TERM", "dumb")


def _home_named(w: World, what: str, c: C, r: R) -> None:
    line(c, "--env=HOME=/root")
    env(c, "HOME", "/root")


def _proxy_named(w: World, what: str, c: C, r: R) -> None:
    line(c, "--env", "https_proxy=http://10.0.0.9:3128")
    env(c, "https_proxy", "http://10.0.0.9:3128")


def _secret_looking_variable(w: World, what: str, c: C, r: R) -> None:
    env(c, "API_TOKEN", "abcdef0123456789")


def _image(w: World, what: str, c: C, r: R) -> None:
    c["ImageDigest"], c["Image"] = f"sha256:{r.randrange(16**64):064x}", "f" * 64


def _image_under_the_same_labels(w: World, what: str, c: C, r: R) -> None:
    other = copy.deepcopy(w.raw["images"][0]) | {"Id": "e" * 64, "Digest": "sha256:" + "e" * 64, "RepoDigests": []}
    w.raw["images"].append(other)
    c["Image"], c["ImageDigest"] = other["Id"], other["Digest"]


def _program(w: World, what: str, c: C, r: R) -> None:
    c["Path"], c["Args"] = "/bin/sh", ["-c", "sleep 1"]


def _argument_added(w: World, what: str, c: C, r: R) -> None:
    c["Args"] = [*c["Args"], "--verbose"]


def _arguments_in_another_order(w: World, what: str, c: C, r: R) -> None:
    c["Args"] = c["Args"][::-1] if len(c["Args"]) > 1 else ["x", *c["Args"]]


def _directory(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["WorkingDir"] = "/srv"


def _user(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["User"] = str(r.randrange(2000, 3000))


def _root(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["User"] = "0:0"


def _memory(w: World, what: str, c: C, r: R) -> None:
    host(c, Memory=200 << 20, MemorySwap=400 << 20)
    w.limit(what, memory=200 << 20)


def _memory_by_update(w: World, what: str, c: C, r: R) -> None:
    w.limit(what, memory=(100 + r.randrange(50)) << 20)


def _memory_limit_lifted(w: World, what: str, c: C, r: R) -> None:
    w.limit(what, memory=0 if what.startswith("web") else 4096 * 5000)


def _cpus(w: World, what: str, c: C, r: R) -> None:
    host(c, NanoCpus=1_500_000_000, CpuQuota=150_000, CpuPeriod=100_000)
    w.limit(what, cpus=1.5)


def _cpus_by_update(w: World, what: str, c: C, r: R) -> None:
    w.limit(what, cpus=0.25)


def _host(**values: Any) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        host(c, **values)

    return change


def _directory_of_the_machine(w: World, what: str, c: C, r: R) -> None:
    mount(c, "/host", "/etc", writable=False)


def _socket_of_the_machine(w: World, what: str, c: C, r: R) -> None:
    mount(c, "/run/podman.sock", "/run/podman/podman.sock")


def _volume_of_its_own(w: World, what: str, c: C, r: R) -> None:
    c["Mounts"].append(
        {"Type": "volume", "Name": "mine", "Source": "/x/volumes/mine/_data", "Destination": "/mine", "RW": True}
    )


def _mounts_gone_or_added(w: World, what: str, c: C, r: R) -> None:
    if c["Mounts"]:
        c["Mounts"].pop(r.randrange(len(c["Mounts"])))
    else:
        mount(c, "/www", "/srv/www")


def _mount_changed(w: World, what: str, c: C, r: R) -> None:
    if c["Mounts"]:
        next(m for m in c["Mounts"] if m["Destination"] == "/etc/app")["RW"] = True
    else:
        mount(c, "/www/cgi-bin", "/srv/scripts")


def _memory_directory(w: World, what: str, c: C, r: R) -> None:
    host(c, Tmpfs={**(c["HostConfig"]["Tmpfs"] or {}), "/scratchpad": "rw"})


def _secret_file(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["Secrets"] = [*(c["Config"].get("Secrets") or []), {"Name": "mine", "ID": "1", "Mode": 0o444}]


def _capability_added(w: World, what: str, c: C, r: R) -> None:
    line(c, "--cap-add=SYS_ADMIN")
    c["BoundingCaps"] = [*c["BoundingCaps"], "CAP_SYS_ADMIN"]


def _older_capability_added(w: World, what: str, c: C, r: R) -> None:
    line(c, "--cap-add=NET_RAW")
    c["BoundingCaps"] = [*c["BoundingCaps"], "CAP_NET_RAW"]


def _capability_dropped(w: World, what: str, c: C, r: R) -> None:
    c["BoundingCaps"] = c["BoundingCaps"][:-1]


def _privileged(w: World, what: str, c: C, r: R) -> None:
    host(c, Privileged=True)
    c["BoundingCaps"] = [*c["BoundingCaps"], "CAP_SYS_PTRACE"]


def _no_seccomp(w: World, what: str, c: C, r: R) -> None:
    host(c, SecurityOpt=[*c["HostConfig"]["SecurityOpt"], "seccomp=unconfined"])


def _new_privileges(w: World, what: str, c: C, r: R) -> None:
    host(c, SecurityOpt=[] if c["HostConfig"]["SecurityOpt"] else ["no-new-privileges"])


def _layer_made_writable_or_not(w: World, what: str, c: C, r: R) -> None:
    host(c, ReadonlyRootfs=not c["HostConfig"]["ReadonlyRootfs"])


def _device(w: World, what: str, c: C, r: R) -> None:
    host(c, Devices=[{"PathOnHost": "/dev/kvm", "PathInContainer": "/dev/kvm", "CgroupPermissions": "rwm"}])


def _flag(*words: str) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        line(c, *words)

    return change


def _port_opened(w: World, what: str, c: C, r: R) -> None:
    place, ports, _ = w.shared(what)
    place[ports] = {**(place[ports] or {}), "9000/tcp": [{"HostIp": "127.0.0.1", "HostPort": "39000"}]}


def _port_open_to_all(w: World, what: str, c: C, r: R) -> None:
    place, ports, _ = w.shared(what)
    place[ports] = {**(place[ports] or {}), "8080/tcp": [{"HostIp": "", "HostPort": "42355"}]}


def _host_name_added(w: World, what: str, c: C, r: R) -> None:
    place, _, hosts = w.shared(what)
    place[hosts] = [*place[hosts], "db:10.0.0.9"]


def _host_name_bent(w: World, what: str, c: C, r: R) -> None:
    place, _, hosts = w.shared(what)
    place[hosts] = [f"{place[hosts][0].partition(':')[0]}:10.0.0.9", *place[hosts][1:]]


def _name_server(w: World, what: str, c: C, r: R) -> None:
    place, _, hosts = w.shared(what)
    place["DNSServer" if hosts == "HostAdd" else "Dns"] = ["10.0.0.53"]


def _hostname(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["Hostname"] = "mine"
    env(c, "HOSTNAME", "mine")
    if c["Pod"]:
        w.pod()["Hostname"] = "mine"


def _another_network(w: World, what: str, c: C, r: R) -> None:
    networks(c, other={"IPAddress": "10.89.0.2"})


def _out_of_the_network(w: World, what: str, c: C, r: R) -> None:
    c["NetworkSettings"]["Networks"] = None


def _state(word: str, **values: Any) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        c["State"] |= {"Status": word, "Running": False, **values}
        w.limit(what, memory=None, cpus=None)

    return change


def _removed(w: World, what: str, c: C, r: R) -> None:
    w.raw["containers"].remove(c)


def _renamed(w: World, what: str, c: C, r: R) -> None:
    for kept in (w.raw["limits"], w.raw["touched"]):
        kept["by-hand"] = kept[c["Name"]]
    c["Name"] = "by-hand"


def _restart_policy(w: World, what: str, c: C, r: R) -> None:
    host(c, RestartPolicy={"Name": r.choice(["no", "on-failure", "unless-stopped"]), "MaximumRetryCount": 0})


def _grace(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["StopTimeout"] = 600


def _health_check(w: World, what: str, c: C, r: R) -> None:
    c["Config"]["Healthcheck"] = {"Test": ["CMD-SHELL", "true"]}


def _label(name: str, value: str) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        c["Config"]["Labels"][name] = value

    return change


def _file(how: str, *paths: str) -> Change:
    def change(w: World, what: str, c: C, r: R) -> None:
        w.touch(what, how, *paths)

    return change


def _in_the_network(w: World, what: str, c: C, r: R) -> None:
    stray(w, what, "by-hand")


def _with_the_labels(w: World, what: str, c: C, r: R) -> None:
    stray(w, what, "by-hand", **{"vivido.project": "rich", "vivido.environment": "dev"})


def _of_an_old_generation(w: World, what: str, c: C, r: R) -> None:
    stray(w, what, "by-hand", **{**c["Config"]["Labels"], "vivido.generation": "0" * 12})


def _one_more_replica(w: World, what: str, c: C, r: R) -> None:
    stray(w, what, "by-hand", **{**c["Config"]["Labels"], "vivido.replica": "7"})


CHANGES: dict[str, tuple[Change, str]] = {
    "a variable added": (_env_added, HERE),
    "a variable of the image changed": (_env_of_image_changed, HERE),
    "a variable removed": (_env_removed, HERE),
    "TERM changed": (_env_that_the_system_sets_changed, HERE),
    "HOME given": (_home_named, HERE),
    "a proxy given": (_proxy_named, HERE),
    "a variable that looks like a secret": (_secret_looking_variable, HERE),
    "another image": (_image, HERE),
    "another image with the same labels": (_image_under_the_same_labels, HERE),
    "another program": (_program, HERE),
    "an argument added": (_argument_added, HERE),
    "arguments in another order": (_arguments_in_another_order, HERE),
    "another directory": (_directory, HERE),
    "another user": (_user, HERE),
    "made root": (_root, HERE),
    "made with another memory limit": (_memory, HERE),
    "memory changed by podman update": (_memory_by_update, HERE),
    "memory limit lifted by podman update": (_memory_limit_lifted, HERE),
    "made with other processors": (_cpus, HERE),
    "processors changed by podman update": (_cpus_by_update, HERE),
    "processor shares": (_host(CpuShares=2), HERE),
    "processors pinned": (_host(CpusetCpus="0"), HERE),
    "memory nodes pinned": (_host(CpusetMems="0"), HERE),
    "memory reserved": (_host(MemoryReservation=10 << 20), HERE),
    "swap": (_host(MemorySwap=1 << 30), HERE),
    "input and output weighed": (_host(BlkioWeight=10), HERE),
    "killed first when memory is short": (_host(OomScoreAdj=900), HERE),
    "a directory of the machine": (_directory_of_the_machine, HERE),
    "a socket of the machine": (_socket_of_the_machine, HERE),
    "a volume of its own": (_volume_of_its_own, HERE),
    "a mount gone": (_mounts_gone_or_added, HERE),
    "a mount changed": (_mount_changed, HERE),
    "a directory in memory": (_memory_directory, HERE),
    "a secret as a file": (_secret_file, HERE),
    "a capability added": (_capability_added, HERE),
    "an older capability added": (_older_capability_added, HERE),
    "a capability dropped": (_capability_dropped, HERE),
    "privileged": (_privileged, HERE),
    "without seccomp": (_no_seccomp, HERE),
    "new privileges": (_new_privileges, HERE),
    "its layer writable or not": (_layer_made_writable_or_not, HERE),
    "a group added": (_host(GroupAdd=["0"]), HERE),
    "a device": (_device, HERE),
    "the machine's processes": (_host(PidMode="host"), HERE),
    "the machine's memory segments": (_host(IpcMode="host"), HERE),
    "the machine's name": (_host(UTSMode="host"), HERE),
    "the machine's users": (_host(UsernsMode="host"), HERE),
    "the machine's network": (_host(NetworkMode="host"), HERE),
    "a kernel setting": (_flag("--sysctl=net.ipv4.ip_forward=1"), HERE),
    "a limit of processes": (_flag("--pids-limit", "7"), HERE),
    "a limit of files": (_flag("--ulimit=nofile=10:10"), HERE),
    "shared memory": (_flag("--shm-size=1m"), HERE),
    "an init program": (_flag("--init"), HERE),
    "a stop signal": (_flag("--stop-signal=9"), HERE),
    "a port opened": (_port_opened, SHARED),
    "a port open to all": (_port_open_to_all, SHARED),
    "a name of a host added": (_host_name_added, SHARED),
    "a name of a host bent": (_host_name_bent, SHARED),
    "a name server": (_name_server, SHARED),
    "another hostname": (_hostname, SHARED),
    "another network": (_another_network, SHARED),
    "out of the network": (_out_of_the_network, SHARED),
    "stopped": (_state("exited", ExitCode=137), HERE),
    "paused": (_state("paused", Paused=True), HERE),
    "made and not started": (_state("created"), HERE),
    "removed": (_removed, "{pod}"),
    "another restart policy": (_restart_policy, HERE),
    "another grace": (_grace, HERE),
    "a health check": (_health_check, HERE),
    "its digest's label changed": (_label("vivido.digest", "sha256:" + "0" * 64), HERE),
    "a file of the image changed": (_file("changed", "/www", "/www/version"), HERE),
    "a file added": (_file("added", "/opt", "/opt/tool"), HERE),
    "a file deleted": (_file("deleted", "/www/version"), HERE),
    "accounts of the image changed": (_file("changed", "/etc", "/etc/passwd"), HERE),
    "started by hand in the network": (_in_the_network, EXTRA),
    "started by hand with the labels": (_with_the_labels, EXTRA),
    "left of another generation": (_of_an_old_generation, EXTRA),
    "one more replica by hand": (_one_more_replica, EXTRA),
}
"""Change → what it does, and where it must be found."""
RENAMED: dict[str, tuple[Change, str]] = {"renamed": (_renamed, HERE)}
"""Found as the container's name where it is alone; a pod's container is missing then, and there is a stray."""
