"""Whether a browser lets anybody use a passkey here."""

import ipaddress

from django import template
from django.http import HttpRequest
from django.http.request import split_domain_port

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_possible(context: template.Context) -> bool:
    """Say whether the address of this page is one that WebAuthn knows: a host name, over TLS or on this machine.

    Browsers refuse passkeys for bare IP addresses (WebAuthn Level 3, 5.1.3: the effective domain is a valid domain) and
    on pages that came without TLS, apart from localhost.
    """
    request: HttpRequest = context["request"]
    host = split_domain_port(request.get_host())[0].strip("[]")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False
