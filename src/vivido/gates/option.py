"""What several gates' options are made of."""

from typing import Annotated

import msgspec

Retries = Annotated[int, msgspec.Meta(ge=0, le=10)]
"""How many further tries something gets."""
