"""A client of the OCI distribution API 1.1, in verbs: resolve, tag, copy, list, attach.

Belongs here: HTTP, authentication, digests of bytes. Never here: which tag means what.

    resolve  manifests  tags  config  copy  referrers  attach     verbs: functions that take a `Client` first
    blobs                                                         read, mount, upload
    client                                                        one question: authorise, send, be patient, read
    auth  credentials                                             tokens per registry and scope; Docker's and Podman's logins
    transport                                                     httpx2: TLS, proxies, redirects, time limits
    exchange  failure  headers  patience  options  cache          the words of a question and its answer
    descriptor                                                    manifests, indexes and what they point at

Manifests are moved as bytes and never serialised again; each byte is checked against its digest.
"""
