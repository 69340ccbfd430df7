"""The read door: everything that is read passes here: scope and filter in, rows and figures out."""

from earwitness.search.answers import Bucket, Count, Facets, Histogram, Page, Value
from earwitness.search.masking import mask, mask_json
from earwitness.search.query import Query
from earwitness.search.reader import Reader

__all__ = ["Bucket", "Count", "Facets", "Histogram", "Page", "Query", "Reader", "Value", "mask", "mask_json"]
