"""Our line icons: 16 x 16, drawn with a 1.5 stroke in the colour of the text around them."""

ICONS: dict[str, str] = {
    "dashboard": '<rect x="2.25" y="2.25" width="4.75" height="6" rx="1"/>'
    '<rect x="9" y="2.25" width="4.75" height="3.5" rx="1"/>'
    '<rect x="2.25" y="10.25" width="4.75" height="3.5" rx="1"/><rect x="9" y="7.75" width="4.75" height="6" rx="1"/>',
    "activity": '<path d="M2 4h1.5M6 4h8M2 8h1.5M6 8h8M2 12h1.5M6 12h5"/>',
    "supervision": '<path d="M3 9.5V8a5 5 0 0 1 10 0v1.5"/><rect x="2.25" y="9" width="2.75" height="4.25" rx="1.2"/>'
    '<rect x="11" y="9" width="2.75" height="4.25" rx="1.2"/>',
    "reports": '<path d="M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6"/>',
    "settings": '<path d="M2 4.5h5.5M11.5 4.5H14M2 11.5h2.5M8.5 11.5H14"/><circle cx="9.5" cy="4.5" r="1.75"/>'
    '<circle cx="6.5" cy="11.5" r="1.75"/>',
    "users": '<circle cx="6" cy="5.25" r="2.5"/><path d="M1.75 13.25c.3-2.4 2-3.75 4.25-3.75s3.95 1.35 4.25 3.75"/>'
    '<path d="M10.75 2.9a2.5 2.5 0 0 1 0 4.7M12 9.75c1.3.5 2.1 1.7 2.3 3.5"/>',
    "roles": '<path d="M8 1.9 13 3.6v4c0 3.1-2 5.3-5 6.5-3-1.2-5-3.4-5-6.5v-4z"/><path d="m5.9 8 1.5 1.5 2.8-3"/>',
    "tenants": '<path d="M2.5 13.5V4l5-1.75V13.5M7.5 6.5h6v7M1.5 13.5h13"/>'
    '<path d="M5 5.75h.1M5 8.25h.1M5 10.75h.1M10.5 9h.1M10.5 11.25h.1"/>',
    "desks": '<rect x="2" y="3" width="12" height="7.5" rx="1.2"/><path d="M5.5 13.25h5M8 10.5v2.75"/>',
    "keys": (
        '<circle cx="5.25" cy="10.75" r="2.75"/><path d="m7.25 8.75 5.5-5.5M10.5 5.5l1.75 1.75M8.9 7.1l1.2 1.2"/>'
    ),
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="m10.4 10.4 3.35 3.35"/>',
    "clock": '<circle cx="8" cy="8" r="5.75"/><path d="M8 4.75V8l2.25 1.5"/>',
    "filter": '<path d="M2 4h12M4.5 8h7M6.75 12h2.5"/>',
    "columns": '<rect x="2" y="2.75" width="12" height="10.5" rx="1.2"/><path d="M6 2.75v10.5M10 2.75v10.5"/>',
    "down": '<path d="m4.5 6.25 3.5 3.5 3.5-3.5"/>',
    "fold": '<rect x="2" y="2.75" width="12" height="10.5" rx="1.2"/><path d="M6 2.75v10.5M11 6.25 9.25 8 11 9.75"/>',
    "right": '<path d="m6.25 4.5 3.5 3.5-3.5 3.5"/>',
    "left": '<path d="m9.75 4.5-3.5 3.5 3.5 3.5"/>',
    "first": '<path d="m11.25 4.5-3.5 3.5 3.5 3.5M4.75 4.5v7"/>',
    "copy": (
        '<rect x="5.5" y="5.5" width="8" height="8" rx="1.4"/>'
        '<path d="M10.5 5.5V3.9a1.4 1.4 0 0 0-1.4-1.4H3.9a1.4 1.4 0 0 0-1.4 1.4v5.2a1.4 1.4 0 0 0 1.4 '
        '1.4h1.6"/>'
    ),
    "link": (
        '<path d="M6.75 9.25a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.8.8"/>'
        '<path d="M9.25 6.75a2.6 2.6 0 0 0-3.7 0l-2.3 2.3a2.6 2.6 0 0 0 3.7 3.7l.8-.8"/>'
    ),
    "check": '<path d="m3.25 8.5 3 3 6.5-7"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "plus": '<path d="M8 3.5v9M3.5 8h9"/>',
    "minus": '<path d="M3.5 8h9"/>',
    "menu": '<path d="M2.25 4.5h11.5M2.25 8h11.5M2.25 11.5h11.5"/>',
    "sun": (
        '<circle cx="8" cy="8" r="2.75"/>'
        '<path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 '
        '3.4l-.9.9M4.3 11.7l-.9.9"/>'
    ),
    "moon": '<path d="M13.25 9.6A5.6 5.6 0 0 1 6.4 2.75a5.6 5.6 0 1 0 6.85 6.85z"/>',
    "system": '<rect x="2" y="2.75" width="12" height="8" rx="1.2"/><path d="M5.5 13.25h5"/>',
    "warning": '<path d="M8 2.5 14 13H2z"/><path d="M8 6.5v3M8 11.2v.1"/>',
    "info": '<circle cx="8" cy="8" r="5.75"/><path d="M8 7.25V11M8 5v.1"/>',
    "out": (
        '<path d="M6.5 2.75H4A1.25 1.25 0 0 0 2.75 4v8A1.25 1.25 0 0 0 4 13.25h2.5M10.25 5 13.25 8l-3 3M13 8H6.5"/>'
    ),
    "person": '<circle cx="8" cy="5.25" r="2.75"/><path d="M2.75 13.5c.4-2.6 2.4-4 5.25-4s4.85 1.4 5.25 4"/>',
    "lock": '<rect x="3" y="7" width="10" height="6.5" rx="1.3"/><path d="M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2"/>',
    "keyboard": (
        '<rect x="1.5" y="4" width="13" height="8" rx="1.3"/>'
        '<path d="M4 6.75h.1M6.6 6.75h.1M9.2 6.75h.1M11.9 6.75h.1M5 9.5h6"/>'
    ),
    "refresh": '<path d="M13.25 8a5.25 5.25 0 1 1-1.5-3.7M13.25 2v2.75H10.5"/>',
    "alerts": '<path d="M4 11.25V7a4 4 0 0 1 8 0v4.25l1.25 1.5H2.75zM6.5 12.75a1.5 1.5 0 0 0 3 0M8 3V1.75"/>',
    "export": '<path d="M8 2.25v7.5M4.75 6.75 8 10l3.25-3.25M2.5 11.5v1.25c0 .55.45 1 1 1h9c.55 0 1-.45 1-1V11.5"/>',
    "saved": '<path d="M4 2.5h8c.4 0 .75.35.75.75V13.75L8 10.5l-4.75 3.25V3.25c0-.4.35-.75.75-.75z"/>',
    "schedule": '<rect x="2.25" y="3.25" width="11.5" height="10.5" rx="1.3"/>'
    '<path d="M2.25 6.5h11.5M5.25 1.9v2.6M10.75 1.9v2.6"/>',
    "policies": '<path d="M8 2.25v11.5M5 13.75h6M3 4.5l5-.75 5 .75M3 4.5 1.4 9.25h3.2zM13 4.5l-1.6 4.75h3.2z"/>',
    "forwarding": '<path d="M13.75 2.25 7.1 8.9M13.75 2.25 9.6 13.6 7.1 8.9 2.4 6.4z"/>',
    "tail": '<path d="M1.75 8h2.5l2-4.75 3.25 9.5L11.75 8h2.5"/>',
    "arrow": '<path d="M3 8h10M9.25 4.25 13 8l-3.75 3.75"/>',
    "empty": '<circle cx="7" cy="7" r="4.5"/><path d="m10.4 10.4 3.35 3.35M5.25 7h3.5"/>',
}


def svg(name: str) -> str:
    """Return the icon as SVG text, hidden from screen readers: the words beside it say what it means."""
    size = 'viewBox="0 0 16 16" width="16" height="16"'
    return f'<svg class="icon" {size} aria-hidden="true" focusable="false">{ICONS[name]}</svg>'
