"""Objects in an S3-compatible bucket: PUT signed with AWS Signature Version 4.

One request of one kind does not need the vendor's library of 90 MB; a test holds the signature against that library.
"""

import datetime as dt
import hashlib
import hmac
from typing import NamedTuple
from urllib.parse import quote

from earwitness.deliver.wire import http
from earwitness.deliver.wire.guard import Guard


class Bucket(NamedTuple):
    """endpoint: ``https://s3.eu-central-1.amazonaws.com`` or another store's; objects are addressed by path."""

    endpoint: str
    region: str
    name: str
    key_id: str
    secret: str


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def headers(bucket: Bucket, key: str, body: bytes, moment: dt.datetime) -> dict[str, str]:
    """Return the headers that sign the PUT of an object (AWS, "Signature Version 4 signing process")."""
    stamp = moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    signed = {
        "host": http.target(bucket.endpoint).authority,
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
    }
    names = ";".join(signed)
    canonical = "\n".join(
        ("PUT", path(bucket, key), "", *(f"{name}:{text}" for name, text in signed.items()), "", names, digest)
    )
    scope = f"{stamp[:8]}/{bucket.region}/s3/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    secret = f"AWS4{bucket.secret}".encode()
    for part in (stamp[:8], bucket.region, "s3", "aws4_request"):
        secret = _hmac(secret, part)
    signature = _hmac(secret, to_sign).hex()
    authorization = f"AWS4-HMAC-SHA256 Credential={bucket.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {"X-Amz-Content-Sha256": digest, "X-Amz-Date": stamp, "Authorization": authorization}


def path(bucket: Bucket, key: str) -> str:
    """Return the path of an object, as it is sent and signed."""
    return f"/{quote(bucket.name, safe='')}/{quote(key, safe='/-_.~')}"


def put(bucket: Bucket, key: str, body: bytes, guard: Guard, moment: dt.datetime) -> http.Answer:
    """Write one object; writing the same key again replaces it. Raises Failed."""
    url = bucket.endpoint.rstrip("/") + path(bucket, key)
    request = http.Request(
        url, body, headers(bucket, key, body, moment), "PUT", timeout=45.0
    )  # less than a lease lasts
    return http.send(request, guard)
