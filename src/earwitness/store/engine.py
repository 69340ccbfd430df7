"""How the engine is set up: few threads, small caches, a bounded memory."""

import os
from typing import Final

# Options of the embedded engine, fixed at its start. A server has its own configuration.
ENGINE_OPTIONS: Final[dict[str, int | str]] = {
    "max_server_memory_usage": 640 << 20,
    "mark_cache_size": 48 << 20,
    "index_mark_cache_size": 16 << 20,
    "primary_index_cache_size": 48 << 20,
    "query_condition_cache_size": 8 << 20,
    # Of the word index: without a bound, 1 GiB each.
    "text_index_tokens_cache_size": 8 << 20,
    "text_index_header_cache_size": 24 << 20,
    # Idle threads keep memory, and there are many pools.
    "max_thread_pool_size": 48,
    "load_marks_threadpool_pool_size": 4,
    "prefetch_threadpool_pool_size": 4,
    "threadpool_writer_pool_size": 4,
    "threadpool_local_fs_reader_pool_size": 8,
    "background_pool_size": max(1, (os.cpu_count() or 2) // 2),
    "os_threads_nice_value_merge_mutate": 5,  # merging is nobody's errand: recording and reading go first
}

# For every statement of every handle.
SESSION_SETTINGS: Final[dict[str, int | str]] = {
    "session_timezone": "UTC",
    "max_memory_usage": 320 << 20,
    "max_bytes_before_external_group_by": 128 << 20,
    "max_bytes_before_external_sort": 128 << 20,
    "max_execution_time": 60,
    # Compiled expressions gain nothing for these statements, and LLVM takes tens of megabytes.
    "compile_expressions": 0,
    "compile_aggregate_expressions": 0,
    "compile_sort_description": 0,
    "compile_regular_expressions": 0,
    "local_filesystem_read_method": "pread",
    # A substring is looked up in the dictionary of the word index however many words hold it: with the engine's
    # limit of 50 it would compute the words of every row instead, which is 10 times slower than any other way.
    "text_index_like_max_postings_to_read": 1_000_000,
}

# A durable insert of one block, with its word index. Left to merges, building it costs the same in all, makes a search
# read every new row, and takes 850 bytes of memory for each row of a merge: enough to have inserts refused.
INSERT_SETTINGS: Final[dict[str, int | str]] = {
    "async_insert": 0,
    "max_insert_threads": 1,
    "max_insert_block_size": 1_000_000,
    "min_insert_block_size_rows": 1_000_000,
    "min_insert_block_size_bytes": 0,
    "input_format_parallel_parsing": 0,
    "input_format_skip_unknown_fields": 0,
    "materialize_skip_indexes_on_insert": 1,
}

# Settings of tables where the engine is embedded; a server of the year's middle does not know them all. Erasing a row
# of a large part builds the part's word index anew: with the engine's 1 GiB for that it would never succeed here.
# What a merge replaced may go at once, because what it wrote is synced (min_rows_to_fsync_after_merge): kept for 10 s,
# it would lie there until the engine's next round, which comes minutes later where nothing more is recorded.
TABLE_SETTINGS: Final[dict[str, dict[str, int]]] = {
    "events": {"text_index_max_memory_usage_before_flush": 64 << 20, "old_parts_lifetime": 1}
}
