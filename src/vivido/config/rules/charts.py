"""Helm charts and Terraform root modules: where the digest goes is said once; each environment has values of its own."""

from vivido.config.diagnostic import Report
from vivido.config.node import Entry, Mapping, Node, child, entries, text_of, texts

_HELM = ("values", "release", "namespace", "kube-version", "api-versions")
_TERRAFORM = ("var-files", "backend-config", "workspace", "shared-state")


def check_charts(root: Node, report: Report) -> None:
    """Check what is said of every service that has a chart or a root module."""
    # Only in one directory tree do several environments share a values file; branches and repositories have one each.
    layout = text_of(child(root, "layout")) or "directories"
    several = layout == "directories" and len(entries(child(root, "environments"))) > 1
    for service in entries(child(root, "services")):
        _other_kind(service, report)
        image = child(service.value, "config", "image")
        if isinstance(image, Mapping):
            _image(service, image, report)
        if several:
            _values(service, report)


def _image(service: Entry, image: Mapping, report: Report) -> None:
    said = {e.key for e in image.entries}
    if "reference" in said and len(said) > 1:
        message = f"{service.key}'s image stands in one value, and in parts too"
        report.add(image, "config.contradiction", message, "Keep “reference” alone, or leave it out.")
    elif not said & {"reference", "tag", "digest"}:
        message = f"it is not said where {service.key}'s digest goes"
        report.add(image, "config.missing", message, "Add “digest: …” or “tag: …”, or “reference: …” alone.")


def _other_kind(service: Entry, report: Report) -> None:
    """Nothing is said about a chart that only a root module has, and the other way round."""
    config = child(service.value, "config")
    for kind, others in (("helm", _TERRAFORM), ("terraform", _HELM)):
        if child(config, kind) is None:
            continue
        for entry in entries(config):
            if entry.key in others:
                message = f"“{entry.key}” means nothing to {kind}"
                report.add(entry, "config.contradiction", message, "Remove it.")


def _values(service: Entry, report: Report) -> None:
    """Promoting to one environment edits its last values file: it must not be another one's too."""
    config = child(service.value, "config")
    kind = "helm" if child(config, "helm") is not None else "terraform"
    files = texts(child(config, "values" if kind == "helm" else "var-files"))
    if files and "{environment}" not in files[-1].text and "{environment}" not in (text_of(child(config, kind)) or ""):
        what = "values file" if kind == "helm" else "file with variables"
        message = f"the last {what} of {service.key} is the same for every environment, and promotions edit it"
        report.add(files[-1], "config.contradiction", message, "End the list with a file whose path has {environment}.")
