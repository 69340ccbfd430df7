"""Who may write, and as whom: a key, or an operator at the machine itself."""

from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.types import Scope

from earwitness.model.problem import Forbidden, NotSignedIn
from earwitness.model.scope import DEFAULT_TENANT

WRITING = frozenset({"ingest", "admin"})


class Grant(Protocol):
    """What a key grants, as far as writing is concerned."""

    @property
    def tenant(self) -> str:
        """The tenant that is written to."""
        ...

    @property
    def scope(self) -> str:
        """``ingest``, ``read`` or ``admin``."""
        ...

    @property
    def name(self) -> str:
        """The name of the key."""
        ...

    @property
    def sources(self) -> Sequence[str] | None:
        """The sources it may write; None for any that is not reserved."""
        ...


LookUp = Callable[[str, str, str], Grant | None]


class Writer:
    """tenant: whose log; name: of the key, for limits; sources: that may be named, None for any not reserved."""

    __slots__ = ("name", "sources", "tenant")

    def __init__(self, tenant: str, name: str, sources: Sequence[str] | None) -> None:
        self.tenant = tenant
        self.name = name
        self.sources = sources


def writer_of(scope: Scope, look_up: LookUp) -> Writer:
    """Return who sends a request; raises NotSignedIn without a valid key, Forbidden where the key may only read."""
    authorization = tenant = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            authorization = value
        elif name == b"x-earwitness-tenant":
            tenant = value
    operator = (scope.get("state") or {}).get("earwitness_operator")
    if operator:
        return Writer(tenant.decode("latin-1") or DEFAULT_TENANT, operator, None)
    scheme, _, token = authorization.decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("Send an API key: Authorization: Bearer KEY.")
    grant = look_up(token.strip(), scope.get("client_ip", ""), scope["path"])
    if grant is None:
        raise NotSignedIn("This API key is not valid here: it is unknown, revoked, or its user is disabled.")
    if grant.scope not in WRITING:
        raise Forbidden("This key may not write: the scope ingest (or admin) is needed.", extra={"scope": "ingest"})
    return Writer(grant.tenant, grant.name, grant.sources)
