"""Measure 50 edits in a manifest of 50 documents against ruamel.yaml: `python bench/yamledit.py [repetitions]`.

Prints one line per figure: name, median, what it is compared with. Times are of the CPU. Interleaved, so that other load on the
machine meets both alike. ruamel.yaml is no dependency of Vivido; without it only Vivido's own figures are shown.
"""

import difflib
import io
import statistics
import sys
import time
from collections.abc import Callable

from vivido.render.objects import read_objects
from vivido.yamledit.document import Documents

try:
    from ruamel.yaml import YAML
except ImportError:
    YAML = None

DOCUMENTS = 50
PATH = ("spec", "template", "spec", "containers", 0, "image")
NEW = "registry.example.com/shop/service@sha256:" + "1" * 64
MANIFEST = """\
# service {n}, owned by team {n}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-{n}
  labels: {{app: service-{n},  tier: web}}
spec:
  replicas: 2   # the smallest that survives a node
  selector: {{matchLabels: {{app: service-{n}}}}}
  template:
    metadata:
      labels: {{app: service-{n}}}
    spec:
      containers:
      - name: main   # the service itself
        image: registry.example.com/shop/service@sha256:{digest}
        ports: [{{containerPort: 8080}}]
        env:
        - name: STRICT
          value: "yes"
"""


def main(repetitions: int) -> None:
    """Measure and print."""
    data = "---\n".join(MANIFEST.format(n=n, digest="0" * 64) for n in range(DOCUMENTS)).encode()
    contestants: dict[str, Callable[[bytes], bytes]] = {"splices, checked": spliced}
    if YAML is not None:
        contestants["ruamel.yaml"] = round_trip
    else:
        print("# ruamel.yaml is not installed: no comparison")
    times: dict[str, list[float]] = {name: [] for name in [*contestants, "read as objects"]}
    for _ in range(repetitions):
        for name, edit in contestants.items():
            times[name].append(clock(lambda edit=edit: edit(data)))
        times["read as objects"].append(clock(lambda: read_objects(data, "all.yaml")))
    ours = statistics.median(times["splices, checked"])
    for name, edit in contestants.items():
        median = statistics.median(times[name])
        peer = "" if name == "splices, checked" else f"{median / ours:.1f} times as long as splices"
        print(f"50 edits in 50 documents ({name})  {median * 1000:.1f} ms  {peer}".rstrip())
        print(f"lines changed for 50 edits ({name})  {changed(data, edit(data))} lines  goal: 50")
    median = statistics.median(times["read as objects"])
    print(f"50 documents read as objects  {median * 1000:.1f} ms  {len(data):,} bytes")


def spliced(data: bytes) -> bytes:
    """Edit as Vivido does, with the check of what came out."""
    documents = Documents(data, "all.yaml")
    return documents.apply([documents.replace(PATH, NEW, number) for number in range(DOCUMENTS)])


def round_trip(data: bytes) -> bytes:
    """Load, change and dump with ruamel.yaml, keeping quotes."""
    yaml = YAML()
    yaml.preserve_quotes = True
    loaded = list(yaml.load_all(data))
    for document in loaded:
        document["spec"]["template"]["spec"]["containers"][0]["image"] = NEW
    out = io.BytesIO()
    yaml.dump_all(loaded, out)
    return out.getvalue()


def clock(work: Callable[[], object]) -> float:
    """Return the seconds of CPU time that work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def changed(old: bytes, new: bytes) -> int:
    """Return how many lines of the old text are not in the new one."""
    # Without `autojunk`: it passes over lines that stand in the file often, such as `---`, and counts them as changed.
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return sum(end - begin for kind, begin, end, _, _ in matcher.get_opcodes() if kind != "equal")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
