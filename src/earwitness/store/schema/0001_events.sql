-- Activity events: one row per recorded event, never updated.
-- object_type/object_id hold what was sent; where they are empty, readers split event_object at its first colon.
-- user_ip: IPv4 as mapped IPv6; '::' where no address was given.
-- params, changes: JSON text in UTF-8 that escapes only what it must (quotation mark, backslash, control characters);
-- a letter behind \u would not be found by its name.
-- search_text: the four texts of an event as one, in lower case, one per line. search_words: its words of four
-- characters or more, which the index `words` knows; words are runs of letters, marks and digits (\p{L} \p{M} \p{N}).
-- How to ask (the engine lowers the value, so that both sides agree; docs/decisions/0002):
--   whole word of four characters or more    hasAllTokens(search_words, [lowerUTF8({word:String})])
--   shorter word                             match(search_text, concat('(^|[^\\p{L}\\p{M}\\p{N}])', ..., '($|[^...])'))
--   substring, only letters and digits, >= 4 search_words LIKE concat('%', lowerUTF8({part:String}), '%')
--                                            (2 to 5 times faster than a scan, also where nothing or much is found)
--   any other substring                      the four columns themselves
-- A histogram without a filter is answered by the projection `quarters` (6 ms instead of 280 for 10 million) if it groups
-- by an expression of toStartOfFifteenMinutes(created) and bounds that, not created itself; merges build it.
-- min_level_for_full_part_storage: what an insert writes is one file and not twenty, so it takes 4 syncs and not 22.
-- Neither expression may hold a lambda: the engine (26.9) cannot rebuild one for parts that have no index yet.
CREATE TABLE IF NOT EXISTS events
(
    tenant          LowCardinality(String),
    seq             UInt64 CODEC(DoubleDelta, ZSTD(1)),
    id              UUID CODEC(ZSTD(3)),
    created         DateTime64(6, 'UTC') CODEC(GCD, Delta, ZSTD(1)),
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
    producer_seq    Nullable(Int64),
    search_text     String ALIAS lowerUTF8(concat(comments, '\n', event_object, '\n', request_uri, '\n',
        if(position(params, '\\') = 0, params, replaceRegexpAll(params, '\\\\(u[0-9a-fA-F]{4}|.)', ' ')))),
    search_words    String ALIAS arrayStringConcat(if(isValidASCII(search_text),
        extractAll(search_text, '[0-9a-z]{4,}'), extractAll(search_text, '[\\p{L}\\p{M}\\p{N}]{4,}')), ' '),
    INDEX words search_words TYPE text(tokenizer = 'splitByNonAlpha', posting_list_codec = 'bitpacking')
        GRANULARITY 100000000,
    PROJECTION quarters (SELECT tenant, toStartOfFifteenMinutes(created), count()
        GROUP BY tenant, toStartOfFifteenMinutes(created))
)
ENGINE = MergeTree
PARTITION BY (retention_class, toYYYYMM(received_at))
ORDER BY (tenant, created, seq)
SETTINGS index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 131072,
         fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, old_parts_lifetime = 10,
         default_compression_codec = 'ZSTD(3)', min_level_for_full_part_storage = 1,
         materialize_projections_on_insert = 0, materialize_projections_on_merge = 1;
