"""What is told of a Terraform root module for an environment: its files with variables and of its backend, and its workspace."""

from vivido.config.conventions import VARIABLES, VARIABLES_ENDINGS
from vivido.layouts.charts import named_files
from vivido.layouts.interface import Place
from vivido.layouts.kinds import layout_of
from vivido.model.problem import Problem
from vivido.model.project import Environment, Project, Service, Terraform
from vivido.render.interface import TerraformRoot
from vivido.render.terraform.endings import has_module
from vivido.render.terraform.inputs import MAIN, automatic
from vivido.render.tree import List, join

_BACKENDS = (
    "{environment}",
    "{environment}.backend",
    "backend-{environment}",
    "{environment}.s3",
    "{environment}.gcs",
    "{environment}.azurerm",
    "{environment}.http",
    "backend/{environment}",
    "backends/{environment}",
    "envs/{environment}",
    "envs/{environment}.backend",
    "envs/{environment}/backend",
    "environments/{environment}",
    "environments/{environment}/backend",
)
_PLACEHOLDER = "{environment}"


def root(
    project: Project, service: Service, environment: Environment, directory: str, listing: List
) -> TerraformRoot | Problem:
    """Return what is told of a service's root module in an environment."""
    told = service.terraform or Terraform()
    own = _is_own(project, service, directory)
    variables = tuple(_filled(path, environment) for path in told.var_files)
    if not variables:
        found = _beside(service, directory, environment, VARIABLES, VARIABLES_ENDINGS, listing)
        if isinstance(found, Problem):
            return found
        # What Terraform reads anyway has its place in the order already.
        variables = tuple(path for path in found if path not in automatic(directory, listing))
    if not variables and not own and len(project.environments) > 1:
        return _no_variables(service, environment, directory)
    backend = tuple(_filled(path, environment) for path in told.backend_config)
    if not backend:
        names = (*_BACKENDS, *(("backend",) if own else ()))
        found = _beside(service, directory, environment, names, (".tfbackend", ".hcl"), listing)
        if isinstance(found, Problem):
            return found
        backend = found
    name = _first(project, service).name
    return TerraformRoot(name, variables, backend, _filled(told.workspace, environment), own)


def own_file(place: Place) -> str:
    """Return the file into which a promotion writes a variable that the environment's own files do not have yet."""
    variables = place.terraform.variables if place.terraform else ()
    return variables[-1] if variables else join(place.directory, MAIN[0]) or MAIN[0]


def is_own(place: Place, path: str) -> bool:
    """Say whether a file is this environment's alone, so that a promotion to it may change it."""
    told = place.terraform or TerraformRoot("")
    if path in told.variables[-1:]:
        return True
    return told.own and (not place.directory or path.startswith(f"{place.directory}/"))


def _filled(text: str, environment: Environment) -> str:
    return text.replace(_PLACEHOLDER, environment.name)


def _is_own(project: Project, service: Service, directory: str) -> bool:
    """Say whether a directory is the environment's own: named after it, below the service's, or in its own repository or branch."""
    if layout_of(project).several or len(project.environments) == 1:
        return True
    return _PLACEHOLDER in service.config or directory != join("", service.config)


def _first(project: Project, service: Service) -> Service:
    """Return the first service with the same root module: services that share one are one object."""
    return next(s for s in project.services if (s.config, s.terraform) == (service.config, service.terraform))


def _beside(
    service: Service,
    directory: str,
    environment: Environment,
    names: tuple[str, ...],
    endings: tuple[str, ...],
    listing: List,
) -> tuple[str, ...] | Problem:
    base = join("", service.config) or ""
    bases = dict.fromkeys((directory, *((base,) if _PLACEHOLDER not in base and has_module(base, listing) else ())))
    found = [
        path for at in bases for name in names for path in named_files(at, _filled(name, environment), endings, listing)
    ]
    if len(found) > 1:
        what = f"{' and '.join(found[:3])} could all be {service.name}'s for {environment.name}"
        key = "var-files" if ".tfvars" in endings else "backend-config"
        return Problem(
            "layout.no-values", what, f"Say which: config: {{terraform: {directory}, {key}: […]}}", directory
        )
    return tuple(found)


def _no_variables(service: Service, environment: Environment, directory: str) -> Problem:
    looked = ", ".join(f"{_filled(c, environment)}.tfvars" for c in VARIABLES[:5])
    return Problem(
        "layout.no-values",
        f"{service.name} has no variables of its own for {environment.name}; looked beside {directory or '.'} for {looked} …",
        f"Create {environment.name}.tfvars, or name the files: config: {{terraform: {directory or '.'}, var-files: […]}}",
        directory or ".",
    )
