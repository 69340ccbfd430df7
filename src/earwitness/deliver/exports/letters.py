"""Tells whoever waits for a file that was asked for on a page: by mail, where there is an address and a server.

On the pages themselves ``web`` tells them.
"""

import datetime as dt

from earwitness.deliver.exports.order import TITLES
from earwitness.deliver.means import Means
from earwitness.deliver.messages.letter import Letter, make, moment
from earwitness.deliver.models import Export, Message, Run
from earwitness.model.times import UTC


def tell(means: Means, export: Export) -> bool:
    """Write the mail about an export that has ended, once; False where there is nobody to write to.

    Programs ask how far an export is; a scheduled report has a mail of its own.
    """
    address = export.user.email if export.user and means.sender else ""
    wanted = export.for_people and export.status in (Export.DONE, Export.FAILED)
    if not address or not wanted or Run.objects.filter(export=export).exists():
        return False
    letter = _letter(export, means.base_url)
    Message.objects.get_or_create(
        key=f"export-{export.pk}",
        defaults={
            "tenant": export.tenant,
            "kind": Message.MAIL,
            "target": address,
            "subject": letter.subject,
            "body": letter.text,
            "html": letter.html,
            "next_try": dt.datetime.now(UTC),
        },
    )
    return True


def _letter(export: Export, base_url: str) -> Letter:
    facts = [
        ("Log", TITLES[export.stream]),
        ("Search", export.search or "everything"),
        ("Format", export.format.upper()),
    ]
    link = f"{base_url}/exports/{export.pk}" if base_url else ""
    if export.status == Export.FAILED:
        facts.append(("Problem", export.problem))
        return make(f"Export failed: {export.title}", "An export could not be made.", facts, link)
    facts += [("Rows", f"{export.total or 0:,}"), ("Kept until", moment(export.expires, export.tz))]
    return make(f"Export ready: {export.title}", "The export that you asked for is ready.", facts, link)
