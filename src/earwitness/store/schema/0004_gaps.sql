-- Time ranges in which a source could not be heard. session_id: set where only one supervision session is in doubt.
-- The same gap (id) may be recorded again after a crash; readers take it once.
CREATE TABLE IF NOT EXISTS gaps
(
    tenant      LowCardinality(String),
    id          UUID,
    source      LowCardinality(String),
    pbx         LowCardinality(String),
    started_at  DateTime64(6, 'UTC'),
    ended_at    DateTime64(6, 'UTC'),
    reason      String,
    session_id  String,
    received_at DateTime64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY (tenant, started_at, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
