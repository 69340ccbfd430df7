"""Network addresses as they are sent, and as the engine keeps them."""

import functools
import socket


class AddressError(ValueError):
    """The text is no IP address; the message completes the sentence ``user_ip ...``."""


@functools.lru_cache(maxsize=16_384)
def canonical(text: str) -> str:
    """Return an IPv4 or IPv6 address in its shortest form; the engine maps IPv4 into IPv6 itself.

    Raises AddressError. A zone (``fe80::1%eth0``) is refused: it means something on the sender's machine alone.
    """
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, text))
    except (OSError, ValueError):
        pass
    if "%" in text:
        raise AddressError("must not carry a zone: leave out the part from % on")
    raise AddressError("must be an IPv4 or IPv6 address without port")
