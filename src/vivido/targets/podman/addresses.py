"""Give the network's bridge the addresses of Services, through the kernel's own interface (rtnetlink(7)).

No file of the system is touched, and the addresses go with the bridge when the last container is gone.
"""

import errno
import fcntl
import os
import socket
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from vivido.errors import ToolError

_NEW_ADDRESS, _REQUEST_ACK_CREATE_REPLACE = 20, 0x1 | 0x4 | 0x100 | 0x400
_LOCAL, _ADDRESS = 2, 1
_GET_HARDWARE_ADDRESS, _SET_HARDWARE_ADDRESS = 0x8927, 0x8924
_HEADER, _BODY = struct.Struct("=IHHII"), struct.Struct("=BBBBI")


def ensure_addresses(interface: str, addresses: Iterable[str]) -> bool:
    """Let this machine answer for addresses on an interface; addresses that are there stay. False: there is no such interface.

    Raises:
        ToolError: `podman.addresses`: the kernel refused.
    """
    try:
        index = socket.if_nametoindex(interface)
    except OSError:
        return False
    _keep_hardware_address(interface)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as kernel:
        for address in addresses:
            kernel.send(_request(index, address))
            code = -struct.unpack_from("=i", kernel.recv(4096), _HEADER.size)[0]
            if code not in (0, errno.EEXIST):
                raise ToolError(
                    f"the address {address} cannot be given to {interface}: {os.strerror(code)}",
                    code="podman.addresses",
                    hint="CAP_NET_ADMIN is needed, as for Podman's own networks.",
                )
    return True


def _keep_hardware_address(interface: str) -> None:
    """Give the bridge the hardware address that it has, so that it keeps it.

    A bridge that was never given one takes that of one of its ports, and another when that port goes. Pods that remember the old
    one then send into the void until their neighbour table expires: over 20 s without an answer (measured).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as kernel:
        try:
            present = fcntl.ioctl(kernel, _GET_HARDWARE_ADDRESS, struct.pack("=16s24x", os.fsencode(interface)))
            fcntl.ioctl(kernel, _SET_HARDWARE_ADDRESS, present)
        except OSError as e:
            raise ToolError(
                f"the hardware address of {interface} cannot be kept: {e.strerror}",
                code="podman.addresses",
                hint="CAP_NET_ADMIN is needed, as for Podman's own networks.",
            ) from e


def main(interface: str, *addresses: str) -> None:
    """Do it in the network namespace that this process is in, and print that namespace's name.

    Rootless Podman's namespace is entered by `podman unshare --rootless-netns`, which runs this file.
    """
    ensure_addresses(interface, addresses)
    print(Path("/proc/self/ns/net").readlink())


def _request(index: int, address: str) -> bytes:
    packed = socket.inet_aton(address)
    attributes = b"".join(struct.pack("=HH4s", 8, kind, packed) for kind in (_LOCAL, _ADDRESS))
    body = _BODY.pack(socket.AF_INET, 32, 0, 0, index) + attributes
    return _HEADER.pack(_HEADER.size + len(body), _NEW_ADDRESS, _REQUEST_ACK_CREATE_REPLACE, 1, 0) + body


if __name__ == "__main__":
    main(*sys.argv[1:])
