"""Settings: what is given is used, and what is wrong stops the start with a sentence that names it."""

import re
from pathlib import Path

import pytest

from earwitness.server import config
from earwitness.server.relay import relay


def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **given: str) -> config.Config:
    monkeypatch.setattr(config._State, "current", config._State.current)
    monkeypatch.chdir(tmp_path)
    return config.load(given)


def test_defaults_need_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = load(tmp_path, monkeypatch)
    assert found.data == tmp_path / "earwitness-data"
    assert found.store_dsn == f"chdb://{tmp_path}/earwitness-data/events"
    assert (found.retention_activity, found.retention_supervision) == ("400d", "180d")


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://mail", 25, False, False),
        ("smtp://mail:587", 587, False, True),
        ("smtp://mail:587?starttls=no", 587, False, False),
        ("smtp://mail:2525?starttls=yes", 2525, False, True),
        ("smtps://mail", 465, True, False),
        ("smtps://mail:587", 587, True, False),
    ],
)
def test_a_mail_relay_says_how_it_is_spoken_to(url: str, port: int, tls: bool, starttls: bool) -> None:
    """In the clear, encrypted after the greeting, or from the first byte."""
    found = relay(url)
    assert (found.host, found.port, found.tls, found.starttls) == ("mail", port, tls, starttls)


def test_a_mail_relay_has_a_user_and_our_mails_a_sender() -> None:
    """Whatever stands in a password; the sender is what is said, else the user where that is an address."""
    found = relay("smtp://log%40example.com:p%40%3Ass@mail?from=audit@example.com&ca=/etc/ca.pem")
    assert (found.user, found.password, found.sender) == ("log@example.com", "p@:ss", "audit@example.com")
    assert found.ca_file == "/etc/ca.pem"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("EARWITNESS_COLOUR", "red", "EARWITNESS_COLOUR is not a setting"),
        ("EARWITNESS_RETENTION_ACTIVITY", "for ever", "EARWITNESS_RETENTION_ACTIVITY: 'for ever' is not a period"),
        ("EARWITNESS_EVENTS_DSN", "mysql://x", "EARWITNESS_EVENTS_DSN: expected an address"),
        ("EARWITNESS_BASE_URL", "https://", "EARWITNESS_BASE_URL: the host is missing"),
        ("EARWITNESS_BASE_URL", "log.example.com", "EARWITNESS_BASE_URL: expected an address"),
        ("EARWITNESS_PBX_MAIN", "http://pbx", "EARWITNESS_PBX_MAIN: The switch main needs a URL"),
        ("EARWITNESS_PBX_MAIN", "ami://", "EARWITNESS_PBX_MAIN: The switch main needs a URL"),
        ("EARWITNESS_SMTP_URL", "mail.example.com", "EARWITNESS_SMTP_URL: expected an address such as smtp://"),
        ("EARWITNESS_SMTP_URL", "smtp://mail:x", "the port is no number"),
        ("EARWITNESS_SMTP_URL", "smtp://log@mail", "the user or the password is missing"),
        ("EARWITNESS_SMTP_URL", "smtp://mail?tls=yes", "only starttls=yes|no, ca=FILE and from=ADDRESS may stand"),
        ("EARWITNESS_SMTP_URL", "smtp://mail?starttls=1", "only starttls=yes|no, ca=FILE and from=ADDRESS may stand"),
        ("EARWITNESS_SMTP_URL", "smtps://mail?starttls=yes", "encrypted from the first byte"),
        ("EARWITNESS_SMTP_URL", "smtp://mail?from=log", "from= is no mail address"),
        ("EARWITNESS_TRUSTED_PROXIES", "10.0.0.0/8, loadbalancer", "'loadbalancer' is neither an address"),
        ("EARWITNESS_SECRET_KEY_FILE", "/nowhere/key", "EARWITNESS_SECRET_KEY_FILE: cannot read /nowhere/key"),
        ("EARWITNESS_SECRET_KEY", "s3cret", "EARWITNESS_SECRET_KEY: a key that signs has at least 32 characters"),
    ],
)
def test_a_wrong_or_unknown_setting_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    with pytest.raises(config.ConfigError, match=re.escape(says)):
        load(tmp_path, monkeypatch, **{name: value})


def test_a_secret_may_come_from_a_file_but_not_from_both_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "key"
    kept.write_text("s3cret " * 5 + "\n")
    assert load(tmp_path, monkeypatch, EARWITNESS_SECRET_KEY_FILE=str(kept)).secret_key == "s3cret " * 5
    with pytest.raises(config.ConfigError, match="Both"):
        load(tmp_path, monkeypatch, EARWITNESS_SECRET_KEY_FILE=str(kept), EARWITNESS_SECRET_KEY="other")
    kept.write_bytes(b"\xff\xfe")
    with pytest.raises(config.ConfigError, match="does not hold text"):
        load(tmp_path, monkeypatch, EARWITNESS_SECRET_KEY_FILE=str(kept))


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "earwitness.toml").write_text(
        'base_url = "https://a.example"\nretention_activity = "90d"\n[pbx]\nmain = "ami://u:s@10.0.0.1"\n'
    )
    found = load(tmp_path, monkeypatch, EARWITNESS_BASE_URL="https://b.example/")
    assert found.base_url == "https://b.example"
    assert found.retention_activity == "90d"
    assert found.pbx == {"main": "ami://u:s@10.0.0.1"}


def test_an_unknown_key_in_the_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "earwitness.toml").write_text('colour = "red"\n')
    with pytest.raises(config.ConfigError, match="'colour' is not a setting"):
        load(tmp_path, monkeypatch)


def test_what_the_command_line_reads_does_not_stop_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, monkeypatch, EARWITNESS_URL="https://x", EARWITNESS_KEY="k")
