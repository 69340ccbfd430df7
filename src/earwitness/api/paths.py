"""What stands in an address: an id is a UUID in letters of either case, as other programs write them."""

from django.urls.converters import UUIDConverter


class AnyCase(UUIDConverter):
    """Reads a UUID as Django does, whatever the case of its letters."""

    regex = f"(?i:{UUIDConverter.regex})"
