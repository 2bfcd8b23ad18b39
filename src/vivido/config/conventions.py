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
