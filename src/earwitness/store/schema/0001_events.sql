-- Activity events: one row per recorded event, never updated.
-- object_type/object_id hold what was sent; where they are empty, readers split event_object at its first colon.
-- user_ip: IPv4 as mapped IPv6; '::' where no address was given.
CREATE TABLE IF NOT EXISTS events
(
    tenant          LowCardinality(String),
    seq             UInt64 CODEC(Delta, ZSTD(1)),
    id              UUID CODEC(ZSTD(1)),
    created         DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at     DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    retention_class LowCardinality(String),
    epoch           UInt32 CODEC(Delta, ZSTD(1)),
    source          LowCardinality(String),
    actor_type      LowCardinality(String) DEFAULT 'user',
    username        LowCardinality(String),
    on_behalf_of    LowCardinality(String),
    user_ip         IPv6 CODEC(ZSTD(1)),
    event           LowCardinality(String),
    sub_event       LowCardinality(String),
    event_object    String CODEC(ZSTD(1)),
    object_type     LowCardinality(String),
    object_id       String CODEC(ZSTD(1)),
    comments        String CODEC(ZSTD(1)),
    request_uri     String CODEC(ZSTD(1)),
    params          String DEFAULT '{}' CODEC(ZSTD(1)),
    changes         String DEFAULT '[]' CODEC(ZSTD(1)),
    outcome         LowCardinality(String) DEFAULT 'unknown',
    error           String CODEC(ZSTD(1)),
    user_agent      LowCardinality(String),
    session_id      String CODEC(ZSTD(1)),
    request_id      String CODEC(ZSTD(1)),
    desks           Array(LowCardinality(String)),
    clock_skew_ms   Nullable(Int64),
    extension       LowCardinality(String),
    call_id         String CODEC(ZSTD(1)),
    reason          String CODEC(ZSTD(1)),
    redactions      Array(LowCardinality(String)),
    producer        LowCardinality(String),
    producer_seq    Nullable(Int64)
)
ENGINE = MergeTree
PARTITION BY (retention_class, toYYYYMM(received_at))
ORDER BY (tenant, created, seq)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 65536,
         fsync_after_insert = 1, fsync_part_directory = 1, materialize_skip_indexes_on_insert = 0;
