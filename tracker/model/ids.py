"""The identifiers that records refer to each other by."""

from __future__ import annotations

from typing import NewType

BoardId = NewType("BoardId", str)
"""`<source>/<board>`, as the file under `schedules/` is named."""
EntryId = NewType("EntryId", str)
"""The publisher's own key of an entry within one board."""
MetricId = NewType("MetricId", str)
ModelId = NewType("ModelId", str)
EventId = NewType("EventId", str)
Sha256 = NewType("Sha256", str)
"""Hash of a body as received, lower-case hex."""
