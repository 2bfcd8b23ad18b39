"""`podman`: rendered Kubernetes objects as containers on this machine, behind HAProxy.

`manifest/` reads objects into a blueprint (pure); `proxy/` moves traffic; the files here make and remove what it asks for
with the `podman` program. Why the program and not `podman kube play` or the Docker API: docs/adr/0003-podman-target.md.
"""
