"""A real store that speaks S3, for the tests of what goes into a bucket."""

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.server import ThreadedMotoServer


@contextmanager
def bucket() -> Iterator[tuple[str, Any]]:
    """A store that speaks S3, with one bucket."""
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"), timeout=60).close()
    keys = {"aws_access_key_id": "AKID", "aws_secret_access_key": "SECRET", "region_name": "eu-central-1"}
    client = boto3.client("s3", endpoint_url=url, **keys)
    client.create_bucket(Bucket="audit", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    try:
        yield url, client
    finally:
        server.stop()
