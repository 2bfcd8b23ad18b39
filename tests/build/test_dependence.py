import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivido.build.dependence import command_dependence, environment_dependence

ENVIRONMENTS = ("dev", "staging", "production", "prod-eu")


def found(text: str, **args: str) -> list[tuple[str, str]]:
    problems = environment_dependence(text, args, ENVIRONMENTS, "web/Containerfile")
    return [(p.code.removeprefix("build."), p.where) for p in problems]


def codes(text: str, **args: str) -> list[str]:
    return [code for code, _ in found(text, **args)]


REFUSED = [
    ("env-argument", "FROM scratch\nARG APP_ENV"),
    ("env-argument", "FROM scratch\nARG env=staging"),
    ("env-argument", "FROM scratch\nARG DEPLOY_ENVIRONMENT=production"),
    ("env-argument", "FROM scratch\nARG STAGE=prod-eu"),
    ("env-argument", "FROM scratch\nARG NODE_ENV=staging"),
    ("env-argument", "FROM scratch\nARG GIT_BRANCH"),
    ("env-argument", "FROM scratch\nARG API=https://api.staging.example.com/v1"),
    ("env-argument", "FROM scratch\nARG SETTINGS=app.settings.production"),
    ("env-baked", "FROM scratch\nENV APP_ENV=production"),
    ("env-baked", "FROM scratch\nENV APP_ENV production"),
    ("env-baked", 'FROM scratch\nENV A=1 APP_ENV="staging"'),
    ("env-baked", "FROM scratch\nENV SPRING_PROFILES_ACTIVE=prod"),
    ("env-baked", "FROM scratch\nENV DJANGO_SETTINGS_MODULE=shop.settings.production"),
    ("env-baked", "FROM scratch\nENV API_URL=https://api.prod.example.com/v1"),
    ("env-baked", "FROM scratch\nENV NODE_ENV=staging"),
    ("env-baked", "FROM scratch\nLABEL com.example.environment=production"),
    ("env-baked", 'FROM scratch\nCMD ["/app", "--env", "production"]'),
    ("env-baked", "FROM scratch\nENTRYPOINT java -Dspring.profiles.active=staging -jar app.jar"),
    ("env-base", "FROM app-base:production"),
    ("env-base", "FROM registry.example.com/staging/base@sha256:00"),
    ("env-base", "FROM app-base:dev"),
    ("env-base", "FROM app-base:1.2-prod-eu"),
    ("env-stage", "FROM scratch AS production"),
    ("env-stage", "FROM scratch AS staging\nFROM staging AS final"),
    ("env-stage", "FROM scratch AS runtime-prod"),
    ("env-file", "FROM scratch\nCOPY .env.production /app/.env"),
    ("env-file", "FROM scratch\nCOPY .env.dev /app/.env"),
    ("env-file", "FROM scratch\nCOPY config/production.yml /app/config.yml"),
    ("env-file", "FROM scratch\nCOPY config/dev.yml /app/config.yml"),
    ("env-file", 'FROM scratch\nCOPY ["appsettings.Production.json", "/app/"]'),
    ("env-file", "FROM scratch\nADD nginx.staging.conf /etc/nginx/nginx.conf"),
    ("env-file", "FROM scratch\nCOPY nginx.qa.conf /etc/nginx/nginx.conf"),
    ("env-file", "FROM scratch\nCOPY --from=x src/environments/environment.prod.ts /src/"),
    ("env-file", "FROM scratch\nONBUILD COPY settings/production.py /app/settings.py"),
    ("env-file", "FROM scratch\nCOPY deploy/configs/local/app.yaml /app/config.yaml"),
    ("env-file", "FROM scratch\nCOPY environments/production /app/config"),
    ("env-argument", "FROM scratch AS a\nARG ENVIRONMENT=develop\nFROM scratch\nCOPY --from=a x y"),
    ("env-run", 'FROM scratch\nARG WHERE\nRUN if [ "$WHERE" = "production" ]; then strip app; fi'),
    ("env-run", 'FROM scratch\nRUN case "$WHERE" in staging|qa) a ;; esac'),
    ("env-run", "FROM scratch\nRUN npm run build:staging"),
    ("env-run", "FROM scratch\nRUN ng build --configuration=staging"),
    ("env-run", "FROM scratch\nRUN vite build --mode staging"),
    ("env-run", "FROM scratch\nRUN APP_ENV=production make assets"),
    ("env-run", "FROM scratch\nRUN <<EOF\nset -e\nAPP_ENV=staging make\nEOF"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), REFUSED, ids=[t.splitlines()[-1] for _, t in REFUSED])
def test_what_depends_on_an_environment_is_found(code: str, text: str):
    assert codes(text) == [code]


PASSES = [
    "FROM scratch",
    "FROM node:22 AS build\nENV NODE_ENV=production\nRUN npm ci && npm run build",
    "FROM scratch\nARG NODE_ENV=production\nENV NODE_ENV=$NODE_ENV",
    'FROM scratch\nARG NODE_ENV\nRUN if [ "$NODE_ENV" = "development" ]; then npm install; else npm ci; fi',
    "FROM scratch\nENV RAILS_ENV=production MIX_ENV=prod",
    "FROM scratch\nRUN RAILS_ENV=production bin/rails assets:precompile",
    "FROM scratch\nRUN npm run build:prod && vite build --mode production",
    "FROM scratch\nENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin\nRUN python -m venv $VIRTUAL_ENV",
    "FROM scratch\nARG CONDA_ENV\nRUN conda activate $CONDA_ENV",
    "FROM scratch\nARG ENV=bookworm\nRUN echo $ENV",
    "ARG ENV=bookworm\nFROM scratch\nARG ENV\nRUN echo $ENV",
    "ARG VERSION=3.12\nFROM python:${VERSION}-slim",
    "FROM --platform=$BUILDPLATFORM golang:1.22 AS build\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build",
    "FROM cgr.dev/chainguard/python:latest-dev",
    "FROM base AS development\nRUN x\nFROM base AS runtime",
    "FROM base AS dev\nARG ENVIRONMENT=development\nENV APP_ENV=$ENVIRONMENT\nFROM base",
    "FROM scratch\nENV FLASK_ENV=production",
    "FROM scratch\nCOPY src/production /src/production",
    "FROM base AS test\nRUN pytest\nFROM base",
    "FROM scratch\nCOPY requirements-dev.txt requirements/production.txt /",
    "FROM scratch\nCOPY test/ /test/\nCOPY dev.sh production/plan.csv /",
    "FROM scratch\nCOPY .env.example config/ /app/",
    "FROM scratch\nCOPY config/dev.yml config/staging.yml config/production.yml /app/config/",
    "FROM scratch\nCOPY src/production.py src/stage.ts /app/",
    "FROM scratch\nENV GREETING=production-ready STAGE_COUNT=3",
    "FROM scratch\nARG PROFILE=release\nRUN cargo build --profile $PROFILE",
    "FROM scratch\nRUN env && printenv ENV",
    'FROM scratch\nCMD ["npm", "run", "start:prod"]',
    "FROM scratch\nLABEL environment.note=any org.opencontainers.image.title=production",
    "FROM scratch\nRUN echo 'env: production' && case $1 in x) y ;; esac",
    "FROM scratch\nENV URL=https://[broken PLAIN=prod.example.com",
]


@pytest.mark.parametrize("text", PASSES, ids=[t.splitlines()[-1] for t in PASSES])
def test_what_is_the_same_everywhere_passes(text: str):
    assert codes(text) == []


def test_each_place_is_named_with_file_and_line():
    text = "ARG ENV\nFROM app-base:${ENV} AS production\nARG ENV\nENV APP_ENV=$ENV\nCOPY config/${ENV}.yml /c\nRUN make $ENV\n"
    assert found(text) == [
        ("env-argument", "web/Containerfile:1"),
        ("env-base", "web/Containerfile:2"),
        ("env-stage", "web/Containerfile:2"),
        ("env-argument", "web/Containerfile:3"),
        ("env-baked", "web/Containerfile:4"),
        ("env-file", "web/Containerfile:5"),
        ("env-run", "web/Containerfile:6"),
    ]


def test_reason_and_way_out_are_said():
    (problem,) = environment_dependence("FROM scratch\nENV APP_ENV=production", {}, ENVIRONMENTS)
    assert "APP_ENV=production" in problem.message
    assert "each environment's configuration" in problem.hint


def test_arguments_of_the_configuration_file_are_judged():
    problems = environment_dependence(
        "FROM scratch", {"TIER": "staging", "VERSION": "1", "NODE_ENV": "production"}, ENVIRONMENTS
    )
    assert [(p.code, p.where) for p in problems] == [("build.env-argument", "build.args.TIER")]


def test_an_argument_repeated_in_a_stage_is_named_once_where_it_has_a_value():
    for name in ("STAGE", "APP_ENV"):
        text = f"ARG {name}=staging\nFROM scratch\nARG {name}"
        assert found(text) == [("env-argument", "web/Containerfile:1")]
        assert found(f"FROM scratch\nARG {name}", **{name: "staging"}) == [("env-argument", "build.args." + name)]
        assert found(text, **{name: "bookworm"}) == []


def test_the_projects_own_names_count():
    text = "FROM base:1-rehearsal"
    assert environment_dependence(text, {}, ("rehearsal",)) != ()
    assert environment_dependence(text, {}, ("dev",)) == ()
    assert environment_dependence("FROM base:1-eu", {}, ("eu",)) == ()


@pytest.mark.parametrize("file", ["Dockerfile.production", "docker/Containerfile.dev", "staging.Containerfile"])
def test_a_containerfile_of_one_environment_is_refused_by_its_name(file: str):
    (problem,) = environment_dependence("FROM scratch", {}, ENVIRONMENTS, file)
    assert (problem.code, problem.where) == ("build.env-file", file)


def test_a_comment_with_a_reason_lets_one_thing_pass():
    allow = "# vivido: allow {}: the same in every environment\n"
    assert codes(allow.format("env-stage") + "FROM scratch AS production") == []
    assert codes(allow.format("env-file") + "FROM scratch AS production") == ["env-stage"]
    assert codes("FROM scratch\n" + allow.format("env-file") + "COPY .env.production /") == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("docker build --target production -t $VIVIDO_IMAGE .", ["build.env-stage"]),
        ("docker build --target=staging .", ["build.env-stage"]),
        ("docker build --build-arg ENV=staging --build-arg V=1 .", ["build.env-argument"]),
        ("docker build -f Dockerfile.staging .", ["build.env-file"]),
        ("docker build --target runtime -f Dockerfile . && docker push $VIVIDO_IMAGE", []),
        ("echo 'unbalanced --target production", ["build.env-stage"]),
    ],
)
def test_a_users_own_command_is_looked_at(command: str, expected: list[str]):
    problems = command_dependence(command, ENVIRONMENTS)
    assert [p.code for p in problems] == expected
    assert {p.where for p in problems} <= {"build.command"}


KEYWORDS = ["FROM", "RUN", "ENV", "ARG", "COPY", "LABEL", "CMD", "scratch", "AS", "$ENV", "${APP_ENV}", "production"]
ODD = ["staging=", "APP_ENV=$X", "'a", '"', "<<EOF", "EOF", "[", '"x",', "--from=a", "https://[x", "\\", "`", "#"]
WORDS = st.sampled_from(KEYWORDS + ODD)


@given(st.lists(st.lists(WORDS, max_size=5).map(" ".join), max_size=8).map("\n".join))
def test_any_text_is_judged_and_every_place_exists(text: str):
    for problem in environment_dependence(text, {"ENV": "x"}, ENVIRONMENTS, "C"):
        line = int(problem.where.removeprefix("C:"))
        assert 1 <= line <= len(text.splitlines())
