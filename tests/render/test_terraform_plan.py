"""A plan of the real Terraform is read, and shows nothing that Terraform hides."""

from pathlib import Path

from terraform_program import needed, terraform
from vivido.drift.differ import differences
from vivido.drift.plan import UNKNOWN, sides

MAIN = """
variable "password" {
  sensitive = true
  default   = "%s"
}
resource "terraform_data" "web" {
  input = { image = "%s", password = var.password }
}
resource "terraform_data" "other" {
  input            = 1
  triggers_replace = "%s"
}
"""


@needed
def test_a_real_plan(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(MAIN % ("hunter-one", "web:1", "a"))
    terraform(tmp_path, "init", "-input=false")
    terraform(tmp_path, "apply", "-auto-approve", "-input=false")
    (tmp_path / "main.tf").write_text(MAIN % ("hunter-two", "web:2", "b"))
    terraform(tmp_path, "plan", "-out=plan", "-input=false")
    data = terraform(tmp_path, "show", "-json", "plan").encode()
    # The old output holds the password, and Terraform has not marked it.
    assert data.count(b"hunter-one") > 1
    before, after = sides(data, "plan.json", b"k")
    found = {d.at: d for d in differences(before, after, key=b"k")}
    assert "hunter" not in repr((before, after))
    image = found["terraform_data/terraform_data.web/values/input/image"]
    assert (image.left, image.right) == ("web:1", "web:2")
    assert "terraform_data/terraform_data.web/values/input/password" in found
    assert found["terraform_data/terraform_data.web/values/output"].right == UNKNOWN
    assert found["terraform_data/terraform_data.other/replaced"].right is True
