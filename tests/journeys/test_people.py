"""Administrators make roles, people and keys; people look after their own sign-in."""

import base64
import hashlib
import hmac
import re
import struct
import subprocess
import sys
import time
import uuid
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import House, Visits, sign_in

pytestmark = pytest.mark.journey

PAGES: tuple[str, ...] = (
    "/settings/roles/new",
    "/settings/roles/edit/Supervisor",
    "/settings/users/new",
    "/settings/users/edit/sam",
)
PAGES += ("/settings/users/disable/sam", "/settings/users/password/sam", "/settings/keys/new", "/settings/system")
PAGES += ("/settings/users?q=nobody.at.all", "/me/security")


def confirm(page: Page, house: House, name: str = "ada") -> None:
    """Give the password again where the page asks for it."""
    field = page.get_by_label("Your own password, once more")
    if field.count():
        field.fill(house.passwords[name])


def one(word: str) -> str:
    """Return a name that nobody has."""
    return f"{word}{uuid.uuid4().hex[:8]}"


def newcomer(page: Page, house: House, role: str = "Agent") -> tuple[str, str]:
    """Make somebody as an administrator does; returns username and the password that was made up."""
    name = one("person")
    page.goto("/settings/users/new")
    page.get_by_label("Username").fill(name)
    page.get_by_role("checkbox", name=role, exact=True).check()
    confirm(page, house)
    page.get_by_role("button", name="Make the user").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"A password for {name}")
    return name, page.locator("#secret").inner_text()


def totp(secret: str) -> str:
    """Return what an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_a_role_is_made_by_keyboard_alone(visit: Visits, house: House) -> None:
    """Name, permissions found by searching, networks, password: Tab, arrows, Space and Enter are enough."""
    page = visit("ada")
    name = one("Night shift ")
    page.goto("/settings/roles/new")
    page.get_by_label("Name").focus()
    page.keyboard.type(name)
    search = page.get_by_label("Search permissions")
    search.focus()
    page.keyboard.type("export")
    expect(page.get_by_role("checkbox")).to_have_count(2)  # export_logs and Mask Phone
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="export_logs")).to_be_checked()
    expect(page.get_by_text("1 of 21 chosen")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.type("activity log")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.get_by_label("Accepted IPs").focus()
    page.keyboard.type("127.0.0.0/8\n2001:db8::/32")
    confirm(page, house)
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"The role {name} is made.")).to_be_visible()
    row = page.get_by_role("row", name=re.compile(name))
    expect(row).to_contain_text("127.0.0.0/8, 2001:db8::/32")
    expect(row).to_contain_text("2 of 21")


def test_chosen_permissions_stand_on_top_and_go_with_one_click(visit: Visits) -> None:
    """The list below agrees, and says so when nothing matches."""
    page = visit("ada")
    page.goto("/settings/roles/edit/Supervisor")
    chosen = page.get_by_role("group", name="Chosen permissions")
    expect(chosen.get_by_role("button")).to_have_count(5)
    chosen.get_by_role("button", name="Remove export_logs").click()
    expect(page.get_by_role("checkbox", name="export_logs")).not_to_be_checked()
    expect(chosen.get_by_role("button")).to_have_count(4)
    page.get_by_label("Search permissions").fill("no such thing")
    expect(page.get_by_text("No permission holds this text.")).to_be_visible()


def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(visit: Visits, house: House) -> None:
    """All at once."""
    page = visit("ada")
    page.goto("/settings/roles/new")
    page.get_by_label("Name").fill("Auditor")
    page.get_by_label("Accepted IPs").fill("the office")
    page.get_by_role("checkbox", name="verify_log").check()
    confirm(page, house)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is a role of this name already.")).to_be_visible()
    expect(page.get_by_text("'the' is neither an address")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Auditor")
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("checkbox", name="verify_log")).to_be_checked()


def test_without_javascript_a_role_is_made_all_the_same(visit: Visits, house: House) -> None:
    """All permissions are in sight as plain checkboxes."""
    page = visit("ada", java_script_enabled=False)
    name = one("Plain ")
    page.goto("/settings/roles/new")
    page.get_by_label("Name").fill(name)
    page.get_by_role("checkbox", name="api_docs").check()
    confirm(page, house)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"The role {name} is made.")).to_be_visible()


def test_somebody_new_signs_in_and_is_out_when_disabled(visit: Visits, house: House) -> None:
    """With the password that was shown once; a click after the disabling leads to the sign-in page."""
    ada, other = visit("ada"), visit()
    name, password = newcomer(ada, house)
    sign_in(other, name, password)
    expect(other.get_by_role("heading", level=1)).to_have_text("Dashboard")
    ada.goto(f"/settings/users/edit/{name}")
    expect(ada.get_by_role("heading", name="Signed in now")).to_be_visible()
    ada.get_by_role("link", name="Disable").click()
    ada.get_by_role("button", name="Disable").click()
    expect(ada.get_by_text(f"{name} is disabled.")).to_be_visible()
    other.goto("/me")
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(other, name, password)
    expect(other.get_by_role("alert")).to_be_visible()


def test_one_session_is_ended_and_the_other_goes_on(visit: Visits, house: House) -> None:
    """By the person themselves, from the list of their sessions."""
    here, there = visit(), visit()
    name, password = newcomer(visit("ada"), house)
    sign_in(here, name, password)
    sign_in(there, name, password)
    expect(there.get_by_role("heading", level=1)).to_have_text("Dashboard")
    here.goto("/me/security")
    expect(here.get_by_text("This one")).to_have_count(1)
    here.get_by_role("button", name=re.compile("^Sign out Chrome")).click()
    expect(here.get_by_text("The session is ended.")).to_be_visible()
    there.goto("/me")
    expect(there.get_by_role("heading", level=1)).to_have_text("Sign in")
    here.goto("/me")
    expect(here.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def test_a_key_is_copied_once_and_revoked(visit: Visits, house: House) -> None:
    """What is in the clipboard works, until the key is revoked."""
    page = visit("ada")
    name = one("pbx")
    page.goto("/settings/keys/new")
    page.get_by_label("Name").fill(name)
    confirm(page, house)
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    key = page.evaluate("navigator.clipboard.readText()")

    def status() -> int:
        body = {"username": "ana.pop", "event": "journey"}
        answer = page.request.post("/api/v1/events", data=body, headers={"Authorization": f"Bearer {key}"})
        return int(answer.status)

    assert status() == 200
    page.goto("/settings/keys")
    assert key not in page.content()
    page.get_by_role("link", name=f"Revoke {name}").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text(f"The key {name} is revoked.")).to_be_visible()
    assert status() == 401


def test_a_second_factor_is_set_up_and_asked_for(visit: Visits, house: House) -> None:
    """An app's code after the password; a wrong one does not get in."""
    name, password = newcomer(visit("ada"), house)
    page = visit()
    sign_in(page, name, password)
    page.goto("/me/security")
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Type the six digits").fill(totp(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="10 of 10 unused")).to_be_visible()
    code = page.locator("#codes").inner_text().split()[0]
    other = visit()
    sign_in(other, name, password)
    expect(other.get_by_role("heading", level=1)).to_have_text("One more step")
    other.get_by_label("Code").fill("000000")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("alert")).to_be_visible()
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Dashboard")


def test_a_passkey_signs_in_alone(visit: Visits, house: House) -> None:
    """Without a password, with a key that checks who holds it, where the address has a name."""
    name, password = newcomer(visit("ada"), house)
    context = visit.chromium.new_context(base_url=house.url.replace("127.0.0.1", "localhost"))
    visit.contexts.append(context)
    page = context.new_page()
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    sign_in(page, name, password)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("The key is added.")).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")


def test_where_no_passkey_can_work_none_is_offered(visit: Visits, house: House) -> None:
    """Browsers refuse them for bare IP addresses: the page says so instead of failing."""
    page = visit()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    sign_in(page, "audrey", house.passwords["audrey"])
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(house.passwords["audrey"])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("and not at 127.0.0.1")).to_be_visible()
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_disabled()


@pytest.mark.parametrize("width", [360, 768, 2560])
def test_the_forms_fit_every_screen(visit: Visits, width: int) -> None:
    """Nothing has to be scrolled sideways."""
    page = visit("ada", width=width)
    wide = {}
    for path in PAGES:
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[path] = over
    assert wide == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_forms_are_accessible(visit: Visits, scheme: str) -> None:
    """Axe finds nothing serious, nor in a form that came back with mistakes."""
    page = visit("ada", color_scheme=scheme)
    wrong: dict[str, Any] = {}
    for path in (*PAGES, "mistakes"):
        if path == "mistakes":
            page.goto("/settings/roles/new")
            page.get_by_role("button", name="Save").click()
        else:
            page.goto(path)
        violations = Axe().run(page).response["violations"]
        found = [(v["id"], v["nodes"][0]["html"][:160]) for v in violations if v["impact"] in {"serious", "critical"}]
        if found:
            wrong[path] = found
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "path", "lacking"),
    [
        ("sam", "/settings/users", "create_user"),
        ("alex", "/settings/roles", "create_role"),
        ("audrey", "/settings/keys", "access_api_key"),
        ("audrey", "/settings/roles/edit/Supervisor", "create_role"),
    ],
)
def test_whoever_may_not_is_told_what_is_lacking(visit: Visits, name: str, path: str, lacking: str) -> None:
    """And sees no form."""
    page = visit(name)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_text(lacking)).to_be_visible()
    assert page.get_by_role("main").locator("form").count() == 0


def test_an_operator_goes_from_tenant_to_tenant(visit: Visits, house: House) -> None:
    """Made on the command line; the page always says whose log is shown, and both logs say that somebody looked."""
    made = subprocess.run(
        [
            *(sys.executable, "-m", "earwitness.cli", "user", "create", "olga", "--role", "Administrator"),
            *("--operator", "--password-stdin", "--data", str(house.data)),
        ],
        input="a long password of olga",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    page = visit()
    sign_in(page, "olga", "a long password of olga")
    page.get_by_role("link", name="Tenants").click()
    page.get_by_label("Search").fill("north")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Look at it northwind").click()
    expect(page.locator(".visit")).to_contain_text("You see the tenant northwind")
    page.goto("/activity?q=event:tenant sub:visit")
    expect(page.locator("tr.event").first).to_contain_text("tenant:northwind")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Leave").click()
    expect(page.locator(".visit")).to_have_count(0)
    page.goto("/activity?q=event:tenant user:olga")
    expect(page.locator("tr.event")).to_have_count(2)
