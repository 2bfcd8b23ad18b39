"""Servers of this process on loopback, each in a thread of its own as long as a context lasts."""

from collections.abc import Generator
from contextlib import contextmanager
from socketserver import TCPServer
from threading import Thread


@contextmanager
def serving(server: TCPServer) -> Generator[str]:
    """Serve, and give the address as `127.0.0.1:PORT`; in the end nothing of the server is left.

    Args:
        server: Bound already, to port 0 where the kernel shall choose one.
    """
    with server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
