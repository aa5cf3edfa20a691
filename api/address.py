"""Where the server may listen, and which names it answers to."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from rag.errors import ConfigError


def is_public(host: str) -> bool:
    """Whether other machines can reach what listens there.

    Raises:
        ConfigError: it is no address to listen on.
    """
    return not all(ipaddress.ip_address(address[0]).is_loopback for _, address in resolved(host, 0))


def listening(host: str, port: int) -> socket.socket:
    """A socket that accepts connections.

    Raises:
        ConfigError: the host is no address, or the port can't be had.
    """
    family, address = resolved(host, port)[0]
    try:
        return socket.create_server(address, family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"CITEWELL_PORT: port {port} of {host} can't be had: {error.strerror}. "
            "Take another, or 0 for a free one."
        ) from error


def url_of(listener: socket.socket) -> str:
    """How a browser on this machine reaches it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def name_in(host_header: str) -> str:
    """The name or address in a ``Host`` header, in small letters; empty where it is none."""
    try:
        return (urlsplit(f"//{host_header}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def is_loopback_name(name: str) -> bool:
    """Whether a name can only mean this machine, wherever it was looked up."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def resolved(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """What a host stands for: families, and addresses with the port.

    Raises:
        ConfigError: for nothing.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"CITEWELL_HOST: {host!r} is no address to listen on: {error}.") from error
    return [(family, (str(address[0]), int(address[1]))) for family, _, _, _, address in found]
