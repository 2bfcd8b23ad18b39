"""Every rule that no schema can say: the mistake, its place, its code, and what to do."""

from pathlib import Path
from typing import ClassVar

import pytest
from config_examples import ED25519, KINDS, OTHER, SHOP, Options

from vivido.config.check import check
from vivido.config.diagnostic import Diagnostic
from vivido.config.kinds import Kind, Kinds
from vivido.config.rules.order import cycles, promotion_order
from vivido.time.clock import parse_duration

RSA_1024 = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCrZ+yFHvHGg0Rs8wTCYkVxmbbMsCO0gAkVE9tJLmkBBbsnYqFbRiVVhSiFLdKOTpZ4WPjWTUNjHsKFqYVYfBUk"
    "KDr0SJ2QxkVfD5LbB6ZdWRmqlnQwcGhJ4jWzwFRlGgzUSlTkTWyU7rCkXmvJcUwR6bPhwOmDYkfTQ6KyZwzLaQ=="
)


def changed(old: str, new: str) -> str:
    assert SHOP.count(old) >= 1, old
    return SHOP.replace(old, new, 1)


def told(text: str, root: Path | None = None) -> tuple[Diagnostic, ...]:
    project, found = check(text, "vivido.yaml", KINDS, root)
    assert project is None
    return found


def one(text: str, root: Path | None = None) -> Diagnostic:
    found = told(text, root)
    assert len(found) == 1, "\n".join(map(str, found))
    assert found[0].hint
    return found[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # order
        ("after: dev", "after: dve", "there is no environment “dve” in this file. Did you mean “dev”?"),
        ("after: dev", "after: qa", "there is no environment “qa” in this file. There is: production, dev."),
        ("after: staging", "promote: manually", "would be reached without passing any other environment"),
        ("after: dev", "after: staging", "these environments wait for one another: staging → staging"),
        ("after: dev", "after: production", "these environments wait for one another: staging → production → staging"),
        ("project: shop", "project: shop\nchannel: staging", "“staging” is the tag of what was built, and"),
        # names and shapes
        ("project: shop", "project: Shop", "project: “Shop” is not a name of lower-case letters"),
        ("project: shop", "project: 7", "project has to be text, not a whole number. Put it in quotes"),
        ("project: shop", "project:", "project has no value; it has to be text. Give it one"),
        ("services:", "Services:", "“Services” is no key of the file. Did you mean “services”?"),
        ("  web:", "  Web Shop:", "the key “Web Shop” of services is not a name"),
        ("queue: fifo", "queue: lifo", "environments.staging.queue: “lifo” is not known. Did you mean “fifo”?"),
        ("queue: fifo", "queue: [fifo]", "queue has to be text, not a list"),
        ("url: http://127", "url: ftp://127", "is not an http:// or https:// address. Write for example http://"),
        ("[alice, bob]}", "[]}", "groups.release-managers needs 1 or more"),
        ("target: none", "target: nnoe", "environments.production.target: “nnoe” is not known as target. Did you mean “none”?"),
        ("target: none", "target: {helm: {}}", "“helm” is no kind of target in environments.production.target. Known here: pod"),
        ("target: none", "target: {}", "environments.production.target lacks what it is: podman, command or none"),
        ("target: none", "target: command", "target: “command” is not known as target. Write podman or none."),
        ("{env: SHOP_DB_PASSWORD}", "{}", "secrets.shop-db.password lacks what it is: env, file or command"),
        ("{env: SHOP_DB_PASSWORD}", "{env: A, file: b}", "password has env and file; it takes exactly one. Keep one"),
        ("when: before", "when: during", "gates[2].when: “during” is not known. Write after or before."),
        ("queue: fifo", "queue: ''", "queue: “” is not known. Write fifo or latest."),
        # rendered objects
        ("queue: fifo", "queue: fifo\n    hydrate: deploy/web/more", "“deploy/web/more” meets the configuration in “deploy/web”"),
        ("queue: fifo", "queue: fifo\n    hydrate: deploy", "“deploy” meets the configuration in “deploy/web”"),
        ("queue: fifo", "queue: fifo\n    hydrate: deploy/api/overlays/x", "meets the configuration in “deploy/api/overlays”"),
        ("queue: fifo", "queue: fifo\n    hydrate: .", "it names neither a directory nor a branch of their own"),
        ("queue: fifo", "queue: fifo\n    hydrate: {}", "it names neither a directory nor a branch of their own"),
        ("queue: fifo", "queue: fifo\n    hydrate: ../away", "the path “../away” leaves the repository"),
        ("queue: fifo", "queue: fifo\n    hydrate: {directory: /a}", "the path “/a” begins outside the repository"),
        ("queue: fifo", "queue: fifo\n    change: request", "“request” is not known. Write branch or commit."),
        # gates
        ("- run: sh smoke.sh", "- run: sh smoke.sh\n        name: acceptance", "two gates of staging are named “acceptance”"),
        ("      - healthy", "      - healty", "gates[4]: “healty” is not known as gate. Did you mean “healthy”?"),
        ("      - healthy", "      - policy: nowhere", "policy: there are no rules nowhere"),
        ("      - healthy", "      - policy: {at: .., like: dev}", "the path “..” leaves the repository"),
        ("      - healthy", "      - policy: {at: x, like: dve}", "there is no environment “dve” in this file. Did you mean “dev”"),
        ("timeout: 90s", "timeout: 90", "timeout has to be text, not a whole number"),
        ("timeout: 90s", "timeout: 90 s", "run.timeout: “90 s” is not a duration such as 500ms"),
        ("timeout: 90s", "retries: 11", "run.retries is 11; it has to be at most 10"),
        ("timeout: 90s", "retries: 010", "010 is octal to some readers of YAML and decimal to others. Write 10, or “010”"),
        ("status: 200", "redirect: no", "redirect has to be true or false, not text. Write false: “no” is a switch"),
        ("status: 200", "status: '200'", "has to be a whole number or a list, not text. Write it without quotes."),
        ("status: 200", "share: 0", "share is 0; it has to be more than 0"),
        # people
        ("by: release-managers", "by: release-manager", "there is no person or group “release-manager” in this file. Did you mean"),
        ("count: 2", "count: 3", "“count” asks for 3, and release-managers is 2"),
        ("not: [author]", "not: [autor]", "there is no person or group “autor” in this file. Did you mean “author”?"),
        ("[alice, bob]}", "[alice, bobo]}", "there is no person “bobo” in this file. Did you mean “bob”?"),
        ("groups: {", "groups: {bob: [alice], ", "“bob” is a person and a group"),
        (OTHER, ED25519, "this key stands under alice too"),
        ("bob@home.example", "ALICE@example.com", "this address stands under alice too"),
        ("bob@home.example", "bob", "email[1]: “bob” is not an e-mail address"),
        (OTHER, "ssh-ed25519", "it is one line of type, key and comment. Copy the one line of ~/.ssh/id_ed25519.pub"),
        (OTHER, OTHER.replace("AAAAC3", "AAAAC4"), "the type inside is another than the one written before"),
        (OTHER, "ssh-ed25519 %%%", "the part after the type is damaged"),
        (OTHER, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "the part after the type is damaged"),
        (OTHER, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAWE=", "an Ed25519 key has 32 bytes"),
        (OTHER, "ssh-dss AAAAB3NzaC1kc3M=", "DSA keys are too weak"),
        (OTHER, 'no-pty ssh-ed25519 AAAA', "it has to begin with its type"),
        (OTHER, RSA_1024, "an RSA key needs at least 2048 bits"),
        # images
        ("registry: localhost:5000/shop", "registry: https://r.example.com/shop", "is no image name: it is written without https://"),
        ("registry: localhost:5000/shop", "registry: r.example.com/Shop", "“r.example.com/Shop” is no image name: “Shop/x” is no"),
        ("registry: localhost:5000/shop", "registry: 127.0.0.1:5001/shop", "127.0.0.1:5001 is on this machine"),
        ("registry: localhost:5000/shop\n", "", "web has no place to be pushed to"),
        ("image: registry.example.com/shop/api", "image: registry.example.com/shop/api:v1", "named without tag and digest here"),
        ("image: registry.example.com/shop/api", "image: localhost:5001/api", "localhost:5001 is on this machine"),
        ("    image: registry.example.com/shop/api\n", "", "api has neither “build” nor “image”"),
        ("    image: registry.example.com/shop/api", "    image: localhost:5000/shop/web\n    build: api", "are both built as"),
        ("[ghcr.io/team/web]", "[ghcr.io/team/web, 'We b']", "“We b” is no image name"),
        ('["localhost:5000"]', '["localhost:5000", "http://x"]', "plain-http[1]: “http://x” is not a host with its port"),
        # addresses
        ("project: shop", "project: shop\nconfiguration: ext::sh -c x", "is no address of a repository that Vivido would"),
        ("project: shop", "project: shop\nconfiguration: --upload-pack=x", "“--upload-pack=x” is no address of a repository"),
        ("project: shop", "project: shop\nconfiguration: {branch: -x}", "“-x” is no name of a branch"),
        ("project: shop", "project: shop\nconfiguration: {branch: a..b}", "“a..b” is no name of a branch"),
        ("project: shop", "project: shop\nstate: mysql://x/y", "“mysql://x/y” is not a database URL"),
        # builds
        ("build: ./web/", "build: {context: web, with: command}", "web is built with a command that is not there"),
        ("build: ./web/", "build: {context: web, with: podman, command: x}", "built with podman, and has a command of its own"),
        ("build: ./web/", "build: {context: web, platforms: [amd64]}", "“amd64” is not a platform. Write for example linux/amd64"),
        # paths
        ("build: ./web/", "build: ../web", "the path “../web” leaves the repository"),
        ("build: ./web/", "build: /srv/web", "the path “/srv/web” begins outside the repository"),
        ("build: ./web/", "build: ~/web", "the path “~/web” begins outside the repository"),
        ("build: ./web/", 'build: "web\\\\x"', "has a backslash. Separate directories with “/”."),
        ("build: ./web/", "build: .git/hooks", "leads into Git's own files"),
        ("build: ./web/", "build: ''", "services.web.build is empty. Give it a value"),
        ("{environment}", "{enviroment}", "“{enviroment}” stands for nothing. Write {environment}"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_once_with_its_reason_and_what_to_do(old: str, new: str, said: str) -> None:
    text = changed(old, new)
    found = one(text)
    assert said in str(found)
    # The place is in what was changed, or where its key stands.
    first = next(n for n, (a, b) in enumerate(zip(SHOP, text + "\0", strict=False)) if a != b)
    line = text.count("\n", 0, first) + 1
    assert abs(found.line - line) <= new.count("\n") + 9


def test_two_environments_do_not_keep_rendered_objects_in_one_place() -> None:
    for place, other, said in (
        ("a/b", "./a", "dev writes to the same place"),
        ("{branch: r, directory: a}", "{branch: r}", "dev writes to the same place"),
        ("a", "{branch: main}", "the branch “main” holds configuration already"),
    ):
        text = changed("    target: podman\n", f"    target: podman\n    hydrate: {place}\n")
        text += f"  more:\n    after: production\n    target: none\n    hydrate: {other}\n"
        assert said in str(one(f"{text}configuration: {{branch: main}}\n"))


def test_the_place_is_the_values() -> None:
    found = one(changed("after: dev", "after: dve"))
    assert str(found).startswith("vivido.yaml:24:12: there is no environment")
    missing = one(changed("    target: none\n", ""))
    assert (missing.line, missing.column, missing.message) == (16, 3, "environments.production lacks “target”")


def test_a_cycle_is_told_once_and_so_is_each_other() -> None:
    assert cycles({"a": "b", "b": "a", "c": "a", "d": "d", "e": "gone"}) == [["a", "b"], ["d"]]
    assert promotion_order({"c": "b", "a": "", "b": "a", "d": "a"}) == ["a", "b", "c", "d"]


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("registry: localhost:5000/shop", f"registry: https://me:{SECRET}@r.example.com/shop"),
        ("project: shop", f"project: shop\nstate: postgresql://me:{SECRET}@db/vivido"),
        ("project: shop", f"project: shop\nstate: postgresql://db/vivido?password={SECRET}"),
        ("project: shop", f"project: shop\nstate: postgresql://me:a/{SECRET}@db/vivido"),
        ("project: shop", f"project: shop\nconfiguration: https://me:x@{SECRET}@git.example.com/x"),
        ("project: shop", f"project: shop\nconfiguration: https://ghp_{SECRET}@github.com/x/y"),
        ("project: shop", f"project: shop\nconfiguration: {{repository: 'https://me:{SECRET}@h/x'}}"),
        ("url: http://127.0.0.1:8081", f"url: http://me:{SECRET}@127.0.0.1:8081"),
        ("sh smoke.sh", f"'curl https://me:{SECRET}@example.com'"),
        ("url: /healthz", f"url: 'https://me:{SECRET}@example.com/healthz'"),
        ("services:", f"'https://me:{SECRET}@h': 1\nservices:"),
        (OTHER, f"-----BEGIN OPENSSH PRIVATE KEY-----{SECRET}"),
    ],
)
def test_a_password_is_refused_and_never_shown(old: str, new: str) -> None:
    found = told(changed(old, new))
    assert [d.code for d in found] in (["config.password"], ["config.password", "config.unknown-key"])
    assert SECRET not in "\n".join(map(str, found))


@pytest.mark.parametrize("value", [SECRET, f"{{env: '{SECRET} is no name'}}", f"[{SECRET}]", "{env: [hunter2]}"])
def test_a_secret_in_the_place_of_its_source_is_never_shown(value: str) -> None:
    found = told(changed("{env: SHOP_DB_PASSWORD}", value))
    assert SECRET not in "\n".join(map(str, found))


@pytest.mark.parametrize(
    "address",
    [
        "https://git.example.com:8443/x/@y",
        "ssh://git@git.example.com/x",
        "git@git.example.com:x/y",
        "../elsewhere",
        "file:///srv/x",
    ],
)
def test_addresses_without_a_password_pass(address: str) -> None:
    project, found = check(changed("project: shop", f"project: shop\nconfiguration: {address}"), "f", KINDS)
    assert project is not None, found
    assert project.configuration.repository == address


def repository(root: Path) -> Path:
    for name in ("web", "deploy/web", *(f"deploy/api/overlays/{e}" for e in ("dev", "staging", "production"))):
        (root / name).mkdir(parents=True)
    (root / "web/Containerfile").write_text("FROM scratch\n")
    return root


def test_paths_lead_to_something(tmp_path: Path) -> None:
    root = repository(tmp_path)
    assert check(SHOP, "vivido.yaml", KINDS, root)[1] == ()
    assert one(changed("deploy/web", "deploi/web"), root).hint == "Did you mean “deploy/web”?"
    assert one(changed("deploy/web", "elsewhere"), root).hint == "Create it, or correct the path."
    (root / "deploy/api/overlays/staging").rmdir()
    assert "there is no directory “deploy/api/overlays/staging”" in one(SHOP, root).message


def test_a_context_has_a_containerfile_or_a_command(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / "web/Containerfile").rename(root / "web/Other")
    assert "no Containerfile and no Dockerfile in “./web/”" in one(SHOP, root).message
    for build in ("{context: web, file: web/Other}", "{context: web, command: sh build.sh}"):
        assert check(changed("build: ./web/", f"build: {build}"), "f", KINDS, root)[0] is not None
    assert "there is no file “web/Othr”" in one(changed("./web/", "{context: web, file: web/Othr}"), root).message
    assert (
        "there is no file or directory “x”"
        in one(changed("./web/", "{context: web, file: web/Other, inputs: [x]}"), root).message
    )


def test_symbolic_links_do_not_lead_out_of_the_repository(tmp_path: Path) -> None:
    root = repository(tmp_path / "here")
    (tmp_path / "outside").mkdir()
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to("loop")
    (root / "in").symlink_to("web")
    assert "leaves the repository through a symbolic link" in one(changed("deploy/web", "out"), root).message
    assert "leaves the repository through a symbolic link" in one(changed("deploy/web", "out/below"), root).message
    assert one(changed("deploy/web", "loop"), root).code == "config.no-path"
    assert check(changed("deploy/web", "in"), "f", KINDS, root)[0] is not None


def test_configuration_elsewhere_is_not_looked_for_here(tmp_path: Path) -> None:
    root = repository(tmp_path)
    for where in ("https://git.example.com/config", "{branch: deploy}"):
        text = changed("project: shop", f"project: shop\nconfiguration: {where}").replace("deploy/web", "only/there")
        assert check(text, "f", KINDS, root)[0] is not None
    assert (
        one(changed("project: shop", "project: shop\nconfiguration: ../x").replace("deploy/web", "../up"), root).code
        == "config.path"
    )


def test_a_file_below_where_a_directory_should_be(tmp_path: Path) -> None:
    root = repository(tmp_path)
    assert one(changed("deploy/web", "web/Containerfile/x"), root).hint == "Create it, or correct the path."


def test_the_file_is_no_mapping() -> None:
    assert one("just text").message == "the file has to be keys with values, not text"
    assert one("- a\n").message == "the file has to be keys with values, not a list"


def test_build_arguments_are_handed_on_as_written() -> None:
    args = "{VERSION: 1.10, DEBUG: no, MODE: '0644', PART: 7, FLAG: true}"
    project, _ = check(changed("build: ./web/", f"build: {{context: web, args: {args}}}"), "f", KINDS)
    assert project is not None and project.services[0].build is not None
    assert project.services[0].build.args == {
        "VERSION": "1.10",
        "DEBUG": "no",
        "MODE": "0644",
        "PART": "7",
        "FLAG": "true",
    }


def test_what_a_first_mistake_explains_is_not_told_again() -> None:
    # A misspelt required key is one mistake, not an unknown key and a missing one.
    assert one(changed("    target: none", "    taget: none")).code == "config.unknown-key"
    assert one(changed("- run: sh smoke.sh", "- rum: sh smoke.sh")).code == "config.unknown-key"


class Inner(Options, frozen=True):
    word: str

    def __post_init__(self) -> None:
        if self.word == "bad":
            raise ValueError("this word is bad")


class Nested(Options, frozen=True):
    inner: list[Inner] = []  # noqa: RUF012 - msgspec copies it
    wait: str = "1s"
    people: ClassVar[None] = None
    refers: ClassVar[dict[str, str]] = {"who": "groups"}
    at_most: ClassVar[dict[str, str]] = {"many": "who"}
    who: str = ""
    many: int | str = 1

    def __post_init__(self) -> None:
        parse_duration(self.wait)
        if len(self.inner) > 2:
            raise ValueError("too much of it")


@pytest.mark.parametrize(
    ("options", "place", "said"),
    [
        ("{inner: [{word: good}, {word: bad}]}", (7, 45), "nested: this word is bad"),
        ("{wait: soon}", (7, 22), "nested: “soon” is no duration"),
        ("{inner: [{word: a}, {word: b}, {word: c}]}", (7, 22), "nested: too much of it"),
        ("{who: x}", (7, 28), "there is no group “x” in this file"),
        ("{who: g, many: 2}", (7, 37), "“many” asks for 2, and g is 1"),
    ],
)
def test_the_struct_of_a_kind_has_the_last_word(options: str, place: tuple[int, int], said: str) -> None:
    text = (
        "project: shop\nservices: {web: {image: r.example.com/web, config: web}}\npeople: {a: {}}\ngroups: {g: [a]}\n"
        f"environments:\n  dev:\n    gates: [{{nested: {options}}}]\n    target: none\n"
    )
    kinds = Kinds({"nested": Kind(Nested)}, {"none": KINDS.targets["none"]})
    project, (found,) = check(text, "f", kinds)
    assert project is None
    assert (found.line, found.column) == place
    assert found.message.startswith(said)


def test_what_is_right_for_a_nested_struct_passes() -> None:
    kinds = Kinds({"nested": Kind(Nested)}, {"none": KINDS.targets["none"]})
    text = (
        "project: shop\nservices: {web: {image: r.example.com/web, config: web}}\npeople: {a: {}}\ngroups: {g: [a]}\n"
        "environments: {dev: {target: none, gates: [nested, {nested: {who: g, many: many, inner: [{word: a}]}}]}}\n"
    )
    project, found = check(text, "f", kinds)
    assert project is not None, found
    assert project.environments[0].gates[1].options["inner"] == [{"word": "a"}]
