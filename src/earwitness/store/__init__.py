"""The event store: one driver and one SQL for embedded chDB, a ClickHouse server and a cluster."""
