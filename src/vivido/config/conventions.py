"""Names by which files are found that nothing names: one list for whoever looks for them."""

VALUES = (
    "values-{environment}",
    "values.{environment}",
    "values_{environment}",
    "{environment}.values",
    "values/{environment}",
    "values/values-{environment}",
    "{environment}/values",
    "envs/{environment}",
    "envs/{environment}/values",
    "env/{environment}",
    "environments/{environment}",
    "environments/{environment}/values",
    "overlays/{environment}/values",
)
"""An environment's values file beside a Helm chart, without its ending."""
VALUES_ENDINGS = (".yaml", ".yml")
VARIABLES = (
    "{environment}",
    "envs/{environment}",
    "env/{environment}",
    "environments/{environment}",
    "vars/{environment}",
    "tfvars/{environment}",
    "config/{environment}",
    "{environment}/terraform",
    "{environment}/{environment}",
    "envs/{environment}/terraform",
    "envs/{environment}/{environment}",
    "environments/{environment}/terraform",
    "environments/{environment}/{environment}",
)
"""An environment's file with variables beside a Terraform root module, without its ending."""
VARIABLES_ENDINGS = (".tfvars", ".tfvars.json")
