-- What became known later about a recorded row: a record of its own, with its own seq in the same stream.
-- One row names one field of one event or segment, its value as JSON text, and the cause (`cdr`, `reason`, `directory`,
-- `breach`, `sign-off` ...). The amendment with the highest seq counts; the amended row itself never changes.
CREATE TABLE IF NOT EXISTS amendments
(
    tenant          LowCardinality(String),
    stream          LowCardinality(String),
    seq             UInt64 CODEC(Delta, ZSTD(1)),
    id              UUID CODEC(ZSTD(1)),
    amends          UUID CODEC(ZSTD(1)),
    received_at     DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    retention_class LowCardinality(String),
    epoch           UInt32 CODEC(Delta, ZSTD(1)),
    field           LowCardinality(String),
    value           String CODEC(ZSTD(1)),
    cause           LowCardinality(String),
    username        LowCardinality(String),
    comments        String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY (retention_class, toYYYYMM(received_at))
ORDER BY (tenant, stream, amends, seq)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
         old_parts_lifetime = 10, min_level_for_full_part_storage = 1;
