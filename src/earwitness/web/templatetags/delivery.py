"""Saved searches, where a log is looked at."""

from typing import Any

from django import template

from earwitness.deliver.searches import actions
from earwitness.web.delivery.searches import address

register = template.Library()
MOST = 12


@register.simple_tag(takes_context=True)
def saved_searches(context: dict[str, Any], stream: str) -> list[dict[str, Any]]:
    """Return the saved searches of a log that whoever looks at the page may open, pinned ones first."""
    access = context["request"].earwitness.access
    if access is None or access.user_id is None:
        return []
    found = [saved for saved in actions.visible(access) if saved.stream == stream][:MOST]
    return [{"name": s.name, "url": address(s), "pinned": actions.is_pinned(s, access)} for s in found]
