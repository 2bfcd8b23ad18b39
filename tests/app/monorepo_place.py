"""The repositories that the measurements generate, small, for tests."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


def _generator() -> ModuleType:
    """Load what the measurements generate their repositories with; `bench` on the path would hide packages of the tests."""
    file = Path(__file__).resolve().parents[2] / "bench" / "lib" / "monorepo.py"
    spec = importlib.util.spec_from_file_location("bench_monorepo", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


monorepo = _generator()


def counting(root: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Put programs before the real ones that count how often they render."""
    log = root.parent / "log"
    folder = root.parent / "bin"
    folder.mkdir()
    for name, verb in (("kubectl", "kustomize"), ("helm", "template")):
        real = shutil.which(name)
        if real is not None:
            (folder / name).write_text(f'#!/bin/sh\n[ "$1" = {verb} ] && echo x >>{log}\nexec {real} "$@"\n')
            (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return lambda: len(log.read_text().split()) if log.exists() else 0
