"""Small things that templates draw."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from earwitness.web import icons

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of ``icons.ICONS``."""
    return mark_safe(icons.svg(name))  # noqa: S308 -- our own drawings
