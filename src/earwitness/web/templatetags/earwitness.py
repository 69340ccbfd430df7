"""Small things that templates draw."""

from urllib.parse import quote, urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from earwitness.web import icons

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of ``icons.ICONS``."""
    return mark_safe(icons.svg(name))  # noqa: S308 -- our own drawings


@register.simple_tag
def address(page: str, *args: object, **given: object) -> str:
    """Return the address of a page with parameters, without those that are empty. page: its name; args: of its path."""
    query = urlencode({name: value for name, value in given.items() if value}, quote_via=quote)
    return reverse(page, args=args) + (f"?{query}" if query else "")


@register.filter
def notice(level: str) -> str:
    """Return the look of a message of Django's: ``bad``, ``warn`` or ``good``, empty for one that only tells."""
    return {"error": "bad", "warning": "warn", "success": "good"}.get(level, "")
