"""Mails reach a relay that wants encryption and a password, and none that nobody vouches for."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.core.mail import EmailMultiAlternatives

from earwitness.deliver.messages import mail

from .inbox import Inbox
from .test_wire import certificate

PASSWORD = LoginPassword(login=b"log", password=b"p@:ss")


class AnyPort(Controller):
    """A mail server on a port that the system gives it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Relay:
    """A mail server with a certificate. kind: ``smtps`` from the first byte, ``starttls`` after the greeting."""

    def __init__(self, folder: Path, kind: str) -> None:
        key, self.cert = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, key)
        self.kept = Inbox()
        more: dict[str, Any] = {"ssl_context": context} if kind == "smtps" else {"tls_context": context}
        self.controller = AnyPort(
            self.kept,
            hostname="127.0.0.1",
            port=0,
            require_starttls=kind == "starttls",
            auth_required=True,
            auth_require_tls=kind == "starttls",
            authenticator=lambda server, session, envelope, mechanism, data: AuthResult(success=data == PASSWORD),
            **more,
        )


@contextmanager
def relay(folder: Path, settings: Any, kind: str, *, trusted: bool = True) -> Iterator[Inbox]:
    """Serve a relay and set it up as the operator would."""
    made = Relay(folder, kind)
    made.controller.start()
    settings.EMAIL_BACKEND = "earwitness.deliver.messages.backend.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.controller.port
    settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = kind == "smtps", kind == "starttls"
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "log", "p@:ss"
    settings.EMAIL_CA_FILE, settings.EMAIL_TIMEOUT = str(made.cert) if trusted else "", 20
    try:
        yield made.kept
    finally:
        made.controller.stop()


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_a_mail_goes_encrypted_and_signed_in(tmp_path: Path, settings: Any, kind: str) -> None:
    """Over either sort of TLS, with a password that has every awkward character."""
    with relay(tmp_path, settings, kind) as kept:
        mail.send(EmailMultiAlternatives("Hello", "text", "log@example.com", ["boss@example.com"]))
    ((to, made),) = kept.mails
    assert (to, made["Subject"]) == ("boss@example.com", "Hello")


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
def test_a_relay_that_nobody_vouches_for_gets_nothing(tmp_path: Path, settings: Any, kind: str) -> None:
    """Neither a mail nor the password; the reason is told, and it is tried again: a certificate can be mended."""
    with (
        relay(tmp_path, settings, kind, trusted=False) as kept,
        pytest.raises(mail.NotSent, match="certificate") as told,
    ):
        mail.send(EmailMultiAlternatives("Hello", "text", "log@example.com", ["boss@example.com"]))
    assert not told.value.final
    assert kept.mails == []


def test_a_relay_that_is_to_encrypt_and_cannot_gets_nothing(tmp_path: Path, settings: Any) -> None:
    """Nothing goes in the clear because a relay does not offer better."""
    kept = Inbox()
    controller = AnyPort(kept, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "earwitness.deliver.messages.backend.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS, settings.EMAIL_CA_FILE = True, ""
    try:
        with pytest.raises(mail.NotSent):
            mail.send(EmailMultiAlternatives("Hello", "text", "log@example.com", ["boss@example.com"]))
    finally:
        controller.stop()
    assert kept.mails == []
