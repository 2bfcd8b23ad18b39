"""`vivido logs` and `vivido open`: what an environment prints, and where it is."""

import sys
import webbrowser
from typing import Annotated

from cyclopts import Parameter

from vivido.cli.common import PLAIN, Common
from vivido.cli.output.emit import emit
from vivido.errors import Exit, InputError, UnreachableError


def logs(
    environment: str, service: str = "", /, *, follow: bool = False, tail: int = 100, common: Common = PLAIN
) -> int:
    """Show what an environment's services print.

    Args:
        environment: Which.
        service: Only this one.
        follow: Go on as it comes, until Ctrl-C.
        tail: How many lines of each at first.
        common: Flags of every command.
    """
    from vivido.app.live import log_lines

    ws = common.open()
    for line in log_lines(ws, environment, service, follow=follow, tail=tail):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return Exit.OK


def open_(
    environment: str,
    /,
    *,
    browser: Annotated[bool, Parameter(negative="--no-browser")] = True,
    common: Common = PLAIN,
) -> int:
    """Print where an environment is reached, and open it.

    Args:
        environment: Which.
        browser: Open it too; --no-browser only prints.
        common: Flags of every command.
    """
    from vivido.app.addresses import main_url
    from vivido.app.live import look

    ws = common.open()
    seen = look(ws, environment)
    urls = dict(seen.live.urls if seen.live else {})
    url = main_url(ws.project, ws.environment(environment), urls)
    if seen.live is None and not url:
        raise UnreachableError(f"{environment}: {seen.problem}", code="target.unreachable")
    urls = urls or {"": url}
    if not url:
        raise InputError(
            f"nothing says where {environment} is reached", code="environment.no-url", hint="Give it a `url:`."
        )
    emit(
        urls,
        common.output,
        lambda: "\n".join(f"{name:12} {url}".strip() for name, url in urls.items()),
        dict.fromkeys(urls.values()),
    )
    if browser and common.output == "text":
        webbrowser.open(url)
    return Exit.OK
