"""Files made of rows: CSV, XLSX, NDJSON, Parquet and PDF. Nothing here knows Django, the store or who may see what."""
