"""`expect` and `provides` of environments: places that can be named, conditions that can be judged, days that exist."""

from vivido.config.diagnostic import Report, shown
from vivido.config.node import Entry, Node, Scalar, child, entries, items, text_of
from vivido.config.rules.parity import check_expression, check_until
from vivido.model.expectation import KINDS
from vivido.model.selector import ANY, problem
from vivido.text.quantity import quantity


def check_expect(root: Node, report: Report) -> None:
    """Check `expect` and `provides` of each environment."""
    for environment in entries(child(root, "environments")):
        for expected in items(child(environment.value, "expect")):
            _place(expected, report)
            check_until(expected, report)
            for condition in (e for e in entries(expected) if e.key in KINDS):
                _condition(condition, expected, report)
        for provided in items(child(environment.value, "provides")):
            _place(provided, report)


def _place(rule: Node, report: Report) -> None:
    at = child(rule, "at")
    text = text_of(at)
    if at is None or not text:
        return
    fault, hint = problem(text)
    if not fault and text.split("/")[0] == ANY and len(text.split("/")) == 1:
        fault, hint = "speaks of everything", "Name a kind and a name: ConfigMap/corporate-ca."
    if fault:
        report.add(at, "config.selector", f"{shown(text)} {fault}", hint)


def _condition(condition: Entry, rule: Node, report: Report) -> None:
    value = condition.value
    match condition.key:
        case "regex":
            check_expression(value, report)
        case "at-least" | "at-most" if isinstance(value, Scalar) and not _is_number(value):
            message = f"{shown(value.text)} is no number and no quantity"
            report.add(value, "config.value", message, "Write for example 2, 500m or 1Gi.")
        case "present" | "absent" if isinstance(value, Scalar):
            _there(condition, value, rule, report)
        case "one-of" if not items(value):
            report.add(value, "config.empty", "“one-of” has no value, so nothing can hold", "Name at least one.")
        case _:
            pass


def _is_number(value: Scalar) -> bool:
    # A switch is of the wrong type, which was told already.
    return isinstance(value.value, bool) or quantity(value.text) is not None


def _there(condition: Entry, value: Scalar, rule: Node, report: Report) -> None:
    if value.value is False:
        other = "absent" if condition.key == "present" else "present"
        report.add(value, "config.value", f"“{condition.key}: false” is said in two ways", f"Write “{other}: true”.")
    text = text_of(child(rule, "at")) or ""
    if condition.key == "present" and ANY in text.split("/"):
        message = "“present” has to know where something may be missing, and “**” stands for any place"
        report.add(condition, "config.contradiction", message, "Name the keys, with * where several are meant.")
