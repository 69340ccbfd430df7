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
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
         old_parts_lifetime = 10, min_level_for_full_part_storage = 1;
