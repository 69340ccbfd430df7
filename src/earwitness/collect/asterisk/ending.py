"""Why a spy ended: whose hang-up, key or transfer came first."""

from earwitness.collect.asterisk.attachment import Attachment
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.options import SpyOptions
from earwitness.collect.asterisk.who import behind
from earwitness.model.segment import AGENT

SECOND = 1_000_000
KEY_TO_STOP = SECOND // 2
TRANSFER_TO_STOP = 2 * SECOND
LEFT_TO_STOP = SECOND


def reason(attachment: Attachment, us: int, options: SpyOptions | None, key: tuple[int, str] | None) -> str:
    """Return the name of the end reason of an attachment whose end was told at ``us``.

    key: the last key that the manager pressed, and when.
    """
    manager = _first_hangup(attachment.spyer, behind(attachment.spyer))
    agent, customer = _sides(attachment)
    asked = {"manager-hung-up": manager, "agent-hung-up": agent, "customer-hung-up": customer}
    asked = {name: place for name, place in asked.items() if place}
    spyee = attachment.spyee
    if not manager and spyee.transfer_us is not None and us - spyee.transfer_us < TRANSFER_TO_STOP:
        return "transferred"
    if not manager and key is not None and us - key[0] < KEY_TO_STOP:
        leaving = _left_by_key(key[1], options)
        if leaving:
            return leaving
    if asked:
        return min(asked, key=lambda name: asked[name])
    if spyee.left_us is not None and 0 <= us - spyee.left_us < LEFT_TO_STOP:
        return "call-ended"
    return "manager-left"


def _left_by_key(digit: str, options: SpyOptions | None) -> str:
    cycle = options.cycle_key if options is not None else "*"
    if digit in (cycle, "#"):  # # after digits goes on to the channel with that number; alone it only turns the volume
        return "next-channel"
    return "manager-left" if options is not None and digit in options.leaving_keys else ""


def _sides(attachment: Attachment) -> tuple[int, int]:
    """The places of the first hang-up requests on the agent's and on the customer's side."""
    spyee = attachment.spyee
    far = _first_hangup(spyee, behind(spyee))
    near = _first_hangup(spyee.peer, behind(spyee.peer)) if spyee.peer is not None else 0
    return (far, near) if attachment.target == AGENT else (near, far)


def _first_hangup(*channels: Channel) -> int:
    places = [channel.hangup for channel in channels if channel.hangup]
    return min(places, default=0)
