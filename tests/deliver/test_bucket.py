"""Hours of the log become objects of a bucket, each whole, however many or few rows it has."""

import json

import pytest
import zstandard

from earwitness.deliver.forwarding import senders

from .buckets import bucket
from .conftest import World, now
from .test_forwarding import forward, send


def test_a_bucket_gets_an_object_for_each_hour(world: World) -> None:
    """Hours that are over become objects of compressed lines; the hour that lasts waits until it is over."""
    world.events(
        {"received_at": now(-7200)}, {"received_at": now(-7200)}, {"received_at": now(-3600)}, {"received_at": now()}
    )
    with bucket() as (url, client):
        settings = {"endpoint": url, "region": "eu-central-1", "bucket": "audit", "key_id": "AKID", "prefix": "log/"}
        found = send(world, forward(world, kind="s3", settings=settings, secret="SECRET"))
        assert (found.cursor, found.problem) == (3, "")
        assert found.next_try is not None  # when the hour is over: until then it is not read again and again
        assert found.next_try.minute == 1
        names = [entry["Key"] for entry in client.list_objects_v2(Bucket="audit")["Contents"]]
        assert len(names) == 2
        assert all(name.startswith(f"log/{world.tenant.name}/activity/2026/") for name in names)
        assert names[0].endswith("-00000000000000000001.ndjson.zst")
        packed = client.get_object(Bucket="audit", Key=names[0])["Body"].read()
        lines = zstandard.ZstdDecompressor().decompress(packed, max_output_size=1 << 20).splitlines()
        assert [json.loads(line)["seq"] for line in lines] == [1, 2]
        found = send(world, found, later=7200)
        assert found.cursor == 4
        found = send(world, found, later=7200)
        assert len(client.list_objects_v2(Bucket="audit")["Contents"]) == 3


def test_an_hour_is_one_object_however_few_rows_pass_the_filter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are many looks apart are gathered; those that are more than an object holds are not."""
    monkeypatch.setattr(senders.BucketSender, "most", 8)
    world.events(*({"received_at": now(-7200), "comments": "needle" if n % 50 == 0 else ""} for n in range(200)))
    with bucket() as (url, client):
        settings = {"endpoint": url, "region": "eu-central-1", "bucket": "audit", "key_id": "AKID"}
        wish = {"kind": "s3", "settings": settings, "secret": "SECRET"}
        found = send(world, forward(world, search="needle", **wish))
        assert (found.cursor, found.sent, found.problem) == (200, 4, "")
        assert len(client.list_objects_v2(Bucket="audit")["Contents"]) == 1
        found = send(world, forward(world, name="all", **wish | {"settings": settings | {"prefix": "all/"}}))
        assert (found.cursor, found.sent, found.problem) == (200, 200, "")
        objects = client.list_objects_v2(Bucket="audit", Prefix="all/")["Contents"]
        lines = []
        for name in sorted(entry["Key"] for entry in objects):
            packed = client.get_object(Bucket="audit", Key=name)["Body"].read()
            lines += zstandard.ZstdDecompressor().decompress(packed, max_output_size=1 << 20).splitlines()
        assert [json.loads(line)["seq"] for line in lines] == list(range(1, 201))
        assert len(objects) == 25
