"""What the objects of root modules are called."""

API = "terraform.vivido.dev/v1"
"""Their `apiVersion`."""
KIND = "Terraform"
"""A module with the values of its variables."""
STATE = "TerraformState"
"""Where a root module keeps its state."""
