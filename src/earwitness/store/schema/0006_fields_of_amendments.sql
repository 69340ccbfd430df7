-- Most amendments are of a few fields. Whether a rarer one was ever amended is asked with every question that a desk
-- or a person bounds: a set for each granule answers that without reading the column.
ALTER TABLE amendments ADD INDEX IF NOT EXISTS fields field TYPE set(32) GRANULARITY 1;
