"""Management over HTTP: users, roles, desks, keys, tenants and sessions. ``ROUTERS`` is what ``api.app`` mounts."""

from earwitness.api.manage.desks import router as desks
from earwitness.api.manage.directory import router as directory
from earwitness.api.manage.keys import router as keys
from earwitness.api.manage.policies import router as policies
from earwitness.api.manage.redaction import router as redaction
from earwitness.api.manage.roles import router as roles
from earwitness.api.manage.sessions import router as sessions
from earwitness.api.manage.tenants import router as tenants
from earwitness.api.manage.users import router as users

ROUTERS = [
    ("/users", users),
    ("/roles", roles),
    ("/desks", desks),
    ("/keys", keys),
    ("/directory", directory),
    ("/policies", policies),
    ("/redaction", redaction),
    ("/tenants", tenants),
    ("/sessions", sessions),
]
