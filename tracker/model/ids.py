"""The identifiers of records."""

from __future__ import annotations

from typing import NewType

BoardId = NewType("BoardId", str)
"""`<source>/<board>`, the path of its file under `schedules/`."""
EntryId = NewType("EntryId", str)
"""The publisher's own key of an entry within one board."""
MetricId = NewType("MetricId", str)
ModelId = NewType("ModelId", str)
EventId = NewType("EventId", str)
Sha256 = NewType("Sha256", str)
"""Hash of a body as received, lower-case hex."""
