"""A recording played again as if it happened now: fresh times, fresh unique ids, channel names and bridges."""

import datetime as dt
import re

_UNIQUEID = re.compile(r"(?<![\d.])(\d{10})\.(\d{1,9})(?![\d.])")
_CHANNEL = re.compile(r"((?:PJSIP|SIP|Local|Snoop|IAX2)/[^\s;,!]*?-)([0-9a-f]{8})(?![0-9a-f])")
_BRIDGE = re.compile(r"\b([0-9a-f]{8})(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b")
_TIME = re.compile(r"\b(\d{4}-\d{2}-\d{2})([ T])(\d{2}:\d{2}:\d{2})")
_IDS_OF_A_RUN = 100_000
_MASK = 0xFFFFFFFF


def rerun(raw: str, *, seconds: int, run: int) -> str:
    """Return a recorded message moved by whole seconds, with the ids of run number ``run``.

    The same seconds and run give the same message, so one run keeps together; different runs share no id.
    """
    raw = _UNIQUEID.sub(lambda m: f"{int(m[1]) + seconds}.{int(m[2]) + run * _IDS_OF_A_RUN}", raw)
    raw = _CHANNEL.sub(lambda m: f"{m[1]}{(int(m[2], 16) + run * 0x1000) & _MASK:08x}", raw)
    raw = _BRIDGE.sub(lambda m: f"{(int(m[1], 16) + run * 0x9E3779B1) & _MASK:08x}{m[2]}", raw)
    return _TIME.sub(lambda m: _moved(m, seconds), raw) if "Time" in raw or "EventTV" in raw else raw


def _moved(match: re.Match[str], seconds: int) -> str:
    try:
        moment = dt.datetime.fromisoformat(f"{match[1]}T{match[3]}") + dt.timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return match[0]
    return f"{moment:%Y-%m-%d}{match[2]}{moment:%H:%M:%S}"
