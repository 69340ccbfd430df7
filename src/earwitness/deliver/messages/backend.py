"""Hands mails to the relay of the settings, whose certificate a file of the operator's may vouch for."""

import ssl

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend


class Backend(EmailBackend):
    """Django's own, with ``EMAIL_CA_FILE``. A relay whose certificate nobody vouches for gets no mail."""

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """The certificates that are trusted. Raises OSError where the file cannot be read."""
        return ssl.create_default_context(cafile=getattr(settings, "EMAIL_CA_FILE", "") or None)
