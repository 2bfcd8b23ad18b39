"""What a customer can do, tried through the front door: `python3 acceptance/run.py --url URL [--junit FILE]`.

Standard library only, so that it runs anywhere. Each check is a function that is given the shop and complains with `assert`.
"""

import argparse
import re
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr


class Shop:
    """The shop as a browser sees it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def total(self, items: str) -> str:
        status, page = self.get(f"/cart?items={items}")
        assert status == 200, f"/cart answers {status}"
        found = re.search(r"<p id=total>&euro; ([^<]*)</p>", page)
        assert found, f"no total on the page: {page}"
        return found[1]


def the_front_page_lists_every_product(shop: Shop) -> None:
    status, page = shop.get("/")
    assert status == 200, f"/ answers {status}"
    missing = [
        name for name in ("Green tea: &euro; 4.90", "Mug: &euro; 12.90", "Tea tin: &euro; 7.90") if name not in page
    ]
    assert not missing, f"not on the page: {missing}"


def the_page_says_which_version_serves(shop: Shop) -> None:
    _, page = shop.get("/")
    assert re.search(r"web \d+\.\d+\.\d+", page), f"no version on the page: {page}"


def two_teas_cost_what_the_list_says(shop: Shop) -> None:
    total = shop.total("tea:2")
    assert total == "9.80", f"two teas at 4.90 cost {total}"


def from_three_pieces_on_there_is_a_discount(shop: Shop) -> None:
    total = shop.total("tea:2,mug:1")
    assert total == "20.43", f"22.70 less 10 % is 20.43, the shop asks for {total}"


def an_unknown_page_is_not_found(shop: Shop) -> None:
    status, _ = shop.get("/no-such-page")
    assert status == 404, f"/no-such-page answers {status}"


CHECKS = (
    the_front_page_lists_every_product,
    the_page_says_which_version_serves,
    two_teas_cost_what_the_list_says,
    from_three_pieces_on_there_is_a_discount,
    an_unknown_page_is_not_found,
)


def run(shop: Shop) -> list[tuple[str, float, str]]:
    """Run every check; returns name, seconds and complaint of each, an empty one where it passed."""
    results: list[tuple[str, float, str]] = []
    for check in CHECKS:
        started, complaint = time.monotonic(), ""
        try:
            check(shop)
        except (AssertionError, OSError) as problem:
            complaint = str(problem)
        name = check.__name__.replace("_", " ")
        results.append((name, time.monotonic() - started, complaint))
        print(f"{'FAIL' if complaint else 'ok  '} {name}" + (f": {complaint}" if complaint else ""))
    return results


def junit(results: list[tuple[str, float, str]]) -> str:
    """Return the results as JUnit XML, which CI systems and Vivido read."""
    cases = [
        f'  <testcase classname="acceptance" name={quoteattr(name)} time="{seconds:.3f}">'
        + (f"<failure message={quoteattr(complaint)}>{escape(complaint)}</failure>" if complaint else "")
        + "</testcase>"
        for name, seconds, complaint in results
    ]
    failures = sum(1 for _, _, complaint in results if complaint)
    head = f'<testsuite name="acceptance" tests="{len(results)}" failures="{failures}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description="Acceptance tests of the shop.")
    parser.add_argument("--url", required=True, help="where the shop is reached")
    parser.add_argument("--junit", type=Path, help="write the results as JUnit XML to this file")
    arguments = parser.parse_args()
    results = run(Shop(arguments.url))
    if arguments.junit:
        arguments.junit.parent.mkdir(parents=True, exist_ok=True)
        arguments.junit.write_text(junit(results), encoding="utf-8")
    failed = sum(1 for _, _, complaint in results if complaint)
    print(f"{len(results) - failed} of {len(results)} passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
