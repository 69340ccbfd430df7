"""What every template may use besides what its view hands over."""

from typing import Any

from django.http import HttpRequest

from earwitness.web import menu


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation and the signed-in person for the frame of the page; nothing for somebody not signed in."""
    access = getattr(getattr(request, "earwitness", None), "access", None)
    if access is None or access.refused_by_ip:
        return {"menu": [], "person": ""}
    name = access.scope.viewer
    return {
        "menu": menu.visible(
            lambda name: access.rules_all_tenants if name == menu.OPERATOR else access.has(name), request.path
        ),
        "person": name,
        "initials": initials(name),
        "tenant": access.tenant,
        "visits_from": access.home,
        "own": menu.address("me"),
        "security": menu.security(),
        "may": access.permissions,
        "awaiting": "export_logs" in access.permissions and bool(request.session.get("exports-awaited")),
    }


def initials(name: str) -> str:
    """Return one or two letters that stand for a username (``ana.pop`` gives ``AP``)."""
    parts = [part for part in name.replace("_", ".").replace("-", ".").split(".") if part]
    return "".join(part[0] for part in parts[:2]).upper() or "?"
