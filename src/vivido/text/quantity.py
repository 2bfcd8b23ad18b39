"""Kubernetes quantities as numbers: `500m`, `128Mi`, `1e3`."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

_FORM = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)([numkMGTPE]?i?)")
_FACTORS = {"": Decimal(1), "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "k": Decimal(1000)} | {
    unit: Decimal(1000) ** power for power, unit in enumerate("MGTPE", start=2)
}
_BINARY = {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)}


def quantity(value: Any) -> Decimal | None:
    """Read a quantity or a plain number; None where it is neither.

    Source: `resource.Quantity` of Kubernetes' apimachinery. `128Mi` is 134217728, `500m` is 0.5.
    """
    if isinstance(value, bool):
        return None
    match = _FORM.fullmatch(str(value))
    try:
        return Decimal(match[1]) * (_FACTORS | _BINARY)[match[2]] if match else None
    except (InvalidOperation, KeyError):
        return None
