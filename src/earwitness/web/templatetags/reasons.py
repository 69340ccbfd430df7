"""What policies and reasons say of a segment, wherever one is shown."""

from typing import Any

from django import template

from earwitness.accounts.actions import reasons
from earwitness.model.policy import BY_NAME, Breach
from earwitness.model.segment import Segment
from earwitness.web.doors import access_of

register = template.Library()


@register.inclusion_tag("supervision/breaches.html")
def breaches(segment: Segment) -> dict[str, Any]:
    """Draw the policies that a segment broke."""
    return {"breaches": _named(segment)}


@register.inclusion_tag("supervision/policies_of.html", takes_context=True)
def policies_of(context: dict[str, Any], segment: Segment) -> dict[str, Any]:
    """Draw the policies that a segment broke, its reason, and the way to give one for whoever may."""
    request = context["request"]
    on_list = request.path == "/supervision"
    return {
        "segment": segment,
        "breaches": _named(segment),
        "reason": segment.reason,
        "may_give": reasons.may_give(access_of(request), segment),
        "back": request.get_full_path() if on_list else f"/supervision/{segment.id}",
    }


def _named(segment: Segment) -> list[Breach]:
    return [BY_NAME.get(name) or Breach(name, name, "") for name in segment.breaches]
