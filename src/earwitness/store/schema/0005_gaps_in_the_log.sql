-- A gap is a record of the supervision stream, with a place of its own, so that none can be taken away unseen. Those that
-- were recorded before have the place 0. The table has no partitions: gaps are few, and hold nothing about anybody.
ALTER TABLE gaps ADD COLUMN IF NOT EXISTS seq UInt64 CODEC(Delta, ZSTD(1)) AFTER tenant;
ALTER TABLE gaps ADD COLUMN IF NOT EXISTS retention_class LowCardinality(String);
ALTER TABLE gaps ADD COLUMN IF NOT EXISTS epoch UInt32;
