"""A client of the OCI distribution API 1.1, in verbs: resolve, tag, copy, list, attach.

Belongs here: HTTP, authentication, digests of bytes. Never here: which tag means what.
"""
