-- Segments of listening, whispering and barging: one row per recorded segment, never updated.
-- What becomes known later (cdr_id, a reason, a corrected person) is in `amendments`; readers fold it in.
-- desks: those of the agent at that time. evidence_*: the wire events that told the start, the mode and the end.
CREATE TABLE IF NOT EXISTS segments
(
    tenant              LowCardinality(String),
    seq                 UInt64 CODEC(Delta, ZSTD(1)),
    id                  UUID CODEC(ZSTD(1)),
    session_id          UUID CODEC(ZSTD(1)),
    received_at         DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    retention_class     LowCardinality(String),
    epoch               UInt32 CODEC(Delta, ZSTD(1)),
    source              LowCardinality(String),
    pbx                 LowCardinality(String),
    action              LowCardinality(String),
    talks_to            LowCardinality(String),
    started_at          DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    ended_at            DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ms         UInt64 CODEC(ZSTD(1)),
    manager_username    LowCardinality(String),
    manager_name        LowCardinality(String),
    manager_extension   LowCardinality(String),
    manager_channel     String CODEC(ZSTD(1)),
    agent_username      LowCardinality(String),
    agent_name          LowCardinality(String),
    agent_extension     LowCardinality(String),
    agent_channel       String CODEC(ZSTD(1)),
    desks               Array(LowCardinality(String)),
    customer_number     String CODEC(ZSTD(1)),
    queue               LowCardinality(String),
    cdr_id              String CODEC(ZSTD(1)),
    cdr_sequence        Nullable(Int64),
    call_uniqueid       String CODEC(ZSTD(1)),
    call_linkedid       String CODEC(ZSTD(1)),
    end_reason          LowCardinality(String),
    end_inferred        Bool,
    evidence_start      String CODEC(ZSTD(1)),
    evidence_mode       String CODEC(ZSTD(1)),
    evidence_end        String CODEC(ZSTD(1)),
    outside_application Nullable(Bool),
    reason              String CODEC(ZSTD(1)),
    notified            Bool,
    breaches            Array(LowCardinality(String))
)
ENGINE = MergeTree
PARTITION BY (retention_class, toYYYYMM(received_at))
ORDER BY (tenant, started_at, seq)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
         old_parts_lifetime = 10, min_level_for_full_part_storage = 1;
