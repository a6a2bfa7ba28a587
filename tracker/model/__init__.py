"""The records that pass between the steps of the line, in the terms of docs/reference/words.md.

All are frozen; none opens a file or a socket. Times are aware UTC datetimes in whole seconds. Shares are between 0 and 1.
"""

from __future__ import annotations

from tracker.model.captured import (
    Begun,
    Capture,
    Check,
    IndexLine,
    Part,
    Result,
    Unchanged,
    Validators,
    Verdict,
    kept_and_pruned,
)
from tracker.model.charts import (
    BoardCharts,
    CalendarChart,
    Chart,
    ChartBreak,
    ChartHead,
    ChartLine,
    ChartPoint,
    ChartRow,
    ChartSpot,
    FrontierChart,
    LineChart,
    StandingChart,
)
from tracker.model.compared import Comparability, Diff, MetricDiff, Move, RankMove, Step
from tracker.model.declared import (
    ASKED_FOR,
    CADENCES,
    EACH,
    LED_TOPICS,
    NEWEST,
    ROW,
    SURPLUS,
    TOPICS,
    Board,
    Bounds,
    Column,
    Contract,
    Each,
    Group,
    Kind,
    Metric,
    Nature,
    Newest,
    Pagination,
    Parse,
    PastSource,
    Payload,
    Request,
    Window,
)
from tracker.model.delivery import Counted, CounterKey, Delivery, DeliveryOutcome, Notice, Pause, Receipt
from tracker.model.events import (
    Event,
    Evidence,
    Failure,
    FailureStage,
    Party,
)
from tracker.model.history import Correction, EventFilter, RankSpan, RecordChange, Segment, Span
from tracker.model.ids import BoardId, EntryId, EventId, MetricId, ModelId, Sha256
from tracker.model.reading import (
    NOTE,
    BoardState,
    Confidence,
    Entry,
    EntryRecord,
    HeldReading,
    Identity,
    LeftOut,
    Measure,
    PendingOvertake,
    PublishedEntry,
    Reading,
    Snapshot,
    Source,
    StoredSnapshot,
    Table,
    Waiting,
    is_new_version,
    name_tokens,
    spelling_of,
)
from tracker.model.reports import BoardReport, Gap, Health, Report, State, Story, Top, TopRow
