"""What the tests of this room start from."""

from vivido.git.commit import Signature

ALICE = Signature("Alice", "alice@example.com", 1_767_225_600_000_000)
START = {
    "README.md": b"hello\n",
    "deploy/base/app.yaml": b"image: web:1\nreplicas: 1\n",
    "deploy/prod/kustomization.yaml": b"images:\n- name: web\n  newTag: v1\nother: 1\n",
}
