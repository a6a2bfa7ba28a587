"""The shape of a board's file and of a file of defaults: which keys there are, what they may hold, and what each means.

Descriptions here are what `schedules/README.md` and `board.schema.json` say of a key; tests hold them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Formats = Mapping[str, type[Struct]]
"""Name of a format → the type of its parser's options."""


REST = "*"
"""Stands, in a file shape, for every key that the table does not name itself."""


Text = Annotated[str, Meta(min_length=1)]
Source = Annotated[str, Meta(min_length=1, description="Column, dotted path, or what the format understands as one")]
Sources = Annotated[list[Source], Meta(min_length=1, description="Alternatives: the first one that the table has")]
Missing = Annotated[list[str | int | float], Meta(description="Values that mean unknown, besides blanks, dashes and N/A")]
Share = Annotated[float, Meta(ge=0, le=1)]

# What a board has in common with the files of defaults.
_Cadence = Annotated[
    str,
    Meta(description="When it is fetched: five-field cron, @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually"),
]
_TimeZone = Annotated[str, Meta(description="IANA time zone of the cadence and of quiet")]
_Jitter = Annotated[str, Meta(description='Spread: each fetch comes up to so much later: "90s", "5m", "1h"')]
_Quiet = Annotated[list[str], Meta(description='Hours in which nothing is fetched: "22:00-06:00"; what falls into them waits')]
_Attribution = Annotated[str, Meta(description="Printed wherever its content is shown")]
_Terms = Annotated[str, Meta(description="What the publisher allows, and what follows from it")]
_MaxBytes = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Largest body accepted, in bytes after inflating")]
_Timeout = Annotated[float, Meta(gt=0, le=600, description="Seconds until an unanswered request is given up")]
_Gap = Annotated[float, Meta(ge=0, le=3600, description="Seconds between two requests to the same host")]


class ColumnTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column with more to say than where it stands."""

    from_: Annotated[Source | Sources, Meta(description="Where the value stands; a list: the first that the table has")] = field(
        name="from"
    )
    missing: Missing = field(default_factory=list)
    kind: Annotated[
        Literal["text", "number", "date", "flag"] | None, Meta(description="What the text stands for; else known by the name")
    ] = None


ColumnText = Source | Sources | ColumnTable


class PaginationTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a board spread over several answers is asked for."""

    kind: Annotated[
        Literal["page_number", "cursor", "offset", "link"],
        Meta(description="How the next page is asked for; see the table of kinds"),
    ]
    param: Annotated[str, Meta(description="Query parameter that is sent: the page, the cursor or the offset")] = ""
    start: Annotated[int, Meta(ge=0, description="Number of the first page")] = 1
    size: Annotated[int, Meta(ge=1, description="Records per page, by which the offset grows where they are not counted")] = 100
    next: Annotated[str, Meta(description="JMESPath of the next cursor in the answer")] = ""
    more: Annotated[str, Meta(description="JMESPath that must be true for another page to be asked for")] = ""
    records: Annotated[str, Meta(description="JMESPath of the records; a page without any is the last")] = ""
    max_pages: Annotated[int, Meta(ge=1, le=10_000, description="More pages than this are an error, never a silent cut")] = 50


class NewestTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the newest release is found."""

    url: Annotated[Text, Meta(description="Where the releases are named")]
    find: Annotated[Text, Meta(description="Regular expression with one group; each match is a candidate, newest by its numbers")]
    follow: Annotated[
        str, Meta(description="Regular expression with one group: the address of the file in which to look instead")
    ] = ""
    replace: Annotated[dict[str, str], Meta(description='Rewrites what was found: { "-" = "_" }')] = field(default_factory=dict)
    begins: Annotated[
        str, Meta(description="How the body of a release that is out begins; else the one before it is tried, 5 at most")
    ] = ""


class EachTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the values are listed, one answer each."""

    url: Annotated[Text, Meta(description="Where the values are listed, as JSON")]
    find: Annotated[Text, Meta(description="JMESPath of the list of texts there")]
    max_values: Annotated[int, Meta(ge=1, le=2_000, description="More values than this are an error, never a silent cut")] = 200


EachValues = Annotated[list[Text], Meta(min_length=1, description="The values themselves")]


class FurtherRequestTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for."""

    url: Annotated[Text, Meta(description="What is fetched: http or https; may name secrets as ${NAME}")]
    method: Annotated[Literal["GET", "POST"], Meta(description="HTTP method; a POST is sent without a body")] = "GET"
    headers: Annotated[dict[str, str], Meta(description="Request headers; values may name secrets as ${NAME}")] = field(
        default_factory=dict
    )
    params: Annotated[dict[str, str | int], Meta(description="Query parameters; values may name secrets as ${NAME}")] = field(
        default_factory=dict
    )
    pagination: Annotated[PaginationTable | None, Meta(description="How a board spread over several answers is asked for")] = None
    each: Annotated[
        EachValues | EachTable | None, Meta(description="One answer per value, which stands for {each} in url and params")
    ] = None
    member: Annotated[str, Meta(description="The one file that is kept of an answer that is a ZIP archive")] = ""


class RequestTable(FurtherRequestTable, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for, how fast and how much at most."""

    max_bytes: _MaxBytes = 32_000_000
    timeout_s: _Timeout = 30.0
    gap_s: _Gap = 2.0
    newest: Annotated[
        NewestTable | None, Meta(description="How the release that stands for {newest} in url and params is found")
    ] = None


class GroupTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How rows that belong together become one."""

    key: Annotated[Source | Sources, Meta(description="Rows that are equal here become one; a list: all of them together")]
    by: Annotated[str, Meta(description="Each value v of this column gives columns of its own, called v:column")] = ""
    take: Annotated[
        Literal["only", "first", "mean"], Meta(description="What becomes of several cells for one place; see the table")
    ] = "only"


class ParseTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which parser reads the bytes, with its options."""

    format: Annotated[Text, Meta(description="Which parser reads the bytes")]
    group: Annotated[GroupTable | None, Meta(description="How the rows that belong together become one")] = None
    options: Annotated[dict[str, Any], Meta(description="Options of that format")] = field(default_factory=dict, name=REST)


class PayloadTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further answer that the table is joined with."""

    request: Annotated[FurtherRequestTable, Meta(description="What is asked for, as in [request]")]
    parse: Annotated[ParseTable, Meta(description="Which parser reads the bytes, as in [parse]")]
    key: Annotated[
        Source | ColumnTable | Annotated[list[ColumnText], Meta(min_length=1)] | None,
        Meta(description="Its column that equals the board's key; a list: its parts, in the board's order"),
    ] = None
    means: Annotated[bool, Meta(description="It names columns instead of holding values: their means are its columns")] = False
    required: Annotated[bool, Meta(description="false: where it cannot be had, its columns are absent")] = True
    begins: Annotated[
        str, Meta(description="How its body begins if it is there; an answer that begins otherwise counts as 404")
    ] = ""


class ColumnsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column is the key, the name and each attribute."""

    key: Annotated[
        Source | ColumnTable | Annotated[list[ColumnText], Meta(min_length=1)],
        Meta(description="The publisher's own stable key; a list: its parts, all of them together"),
    ]
    name: Annotated[ColumnText, Meta(description="The name as published")]
    rank: Annotated[ColumnText | None, Meta(description="The publisher's rank, if one is stated")] = None
    attributes: Annotated[dict[str, ColumnText], Meta(description="Any other key is an attribute of that name")] = field(
        default_factory=dict, name=REST
    )


class MetricTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of numbers that can be compared."""

    from_: Annotated[
        Source | Sources | None, Meta(description="Where the value stands; a list: the first that the table has")
    ] = field(name="from", default=None)
    mean_of: Annotated[list[str], Meta(description="Instead of `from`: the plain mean of these metrics, declared above")] = field(
        default_factory=list
    )
    blend_of: Annotated[
        dict[str, Decimal], Meta(description="Instead of `from`: the mean of these metrics, declared above, with these weights")
    ] = field(default_factory=dict)
    title: Annotated[str, Meta(description="For people; else made of the id")] = ""
    nature: Annotated[
        Literal["tested", "fitted", "live", "listed", "count"],
        Meta(description="How the values behave, and so what counts as a change"),
    ]
    unit: Annotated[str, Meta(description="Unit of the values after scaling")] = ""
    topic: Annotated[str, Meta(description="What is measured: overall, coding, price, speed …")] = ""
    higher_is_better: Annotated[bool | None, Meta(description="Direction; required unless the nature is count")] = None
    primary: Annotated[bool, Meta(description="This metric ranks the board; one at most")] = False
    scale: Annotated[Decimal, Meta(description="Multiplies published values into the unit")] = Decimal(1)
    missing: Missing = field(default_factory=list)
    low: Annotated[ColumnText | None, Meta(description="Column of the interval's lower end; goes with high")] = None
    high: Annotated[ColumnText | None, Meta(description="Column of the interval's upper end; goes with low")] = None
    plus_minus: Annotated[ColumnText | None, Meta(description="Column of the half-width: 6, ±6 or +5/-4")] = None
    half_width_factor: Annotated[
        Annotated[float, Meta(gt=0)] | None, Meta(description="Multiplies plus_minus into a 95 % half-width; 1 unless stated")
    ] = None
    standard_error: Annotated[
        ColumnText | None, Meta(description="Column of the standard error: plus_minus with the factor 1.96")
    ] = None
    estimated: Annotated[ColumnText | None, Meta(description="Column that is true where the value is an estimate")] = None
    stated_error: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="The publisher's own error between two entries, at 95 %, in the unit"),
    ] = None
    volatile: Annotated[bool, Meta(description="Kept, but never compared")] = False


class BoundsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a metric's values must satisfy to be credible."""

    min: Annotated[float | None, Meta(description="Smallest credible value, in the unit")] = None
    max: Annotated[float | None, Meta(description="Largest credible value, in the unit")] = None
    min_filled: Annotated[Share, Meta(description="Share of the entries that must have a value")] = 0.0


class ContractTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the content is credible."""

    depth: Annotated[
        Literal["whole", "varies"] | Annotated[int, Meta(ge=1, le=1_000_000)],
        Meta(description="How much the page shows: whole, varies, or the top N"),
    ] = "whole"
    min_entries: Annotated[int, Meta(ge=1, description="Fewer entries are not credible")] = 1
    max_drop: Annotated[Share, Meta(description="Largest believable loss of entries between two readings")] = 0.3
    duplicates: Annotated[
        Literal["refuse", "ambiguous", "first", "best"], Meta(description="What a key that occurs twice means; see the table")
    ] = "refuse"
    stale_after: Annotated[
        str | None,
        Meta(description='How long the same content is believable: "36h", "14d"; else learned from the board\'s rhythm'),
    ] = None
    metrics: Annotated[dict[str, BoundsTable], Meta(description="Any other key is a metric's id, with its bounds")] = field(
        default_factory=dict, name=REST
    )


class BoardFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board."""

    title: Annotated[Text, Meta(description="Name of the board, for people")]
    page: Annotated[Text, Meta(description="Where people read it")]
    cadence: _Cadence = "0 6 * * *"
    time_zone: _TimeZone = "UTC"
    jitter: _Jitter = "0s"
    quiet: _Quiet = field(default_factory=list)
    attribution: _Attribution = ""
    terms: _Terms = ""
    enabled: Annotated[bool, Meta(description="false: kept, but not fetched until an operator decides otherwise")] = True
    missing: Annotated[
        list[str | int | float], Meta(description="Values that mean unknown in every column, besides those of the column itself")
    ] = field(default_factory=list)
    request: Annotated[RequestTable, Meta(description="What is asked for")]
    parse: Annotated[ParseTable, Meta(description="Which parser reads the bytes, with its options")]
    columns: Annotated[ColumnsTable, Meta(description="Which column is the key, the name and each attribute")]
    metrics: Annotated[dict[str, MetricTable], Meta(description="Columns of numbers that can be compared, by id")] = field(
        default_factory=dict
    )
    payloads: Annotated[
        dict[str, PayloadTable],
        Meta(description="Further answers that the table is joined with; name:column is a column of one"),
    ] = field(default_factory=dict)
    contract: Annotated[ContractTable, Meta(description="When the content is credible")] = field(default_factory=ContractTable)


class RequestDefaults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a request may be a default."""

    max_bytes: _MaxBytes = 32_000_000
    timeout_s: _Timeout = 30.0
    gap_s: _Gap = 2.0


class DefaultsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which keys a file of defaults may hold. Files are laid upon each other as they are written, so what it leaves out is left out."""

    cadence: _Cadence = "0 6 * * *"
    time_zone: _TimeZone = "UTC"
    jitter: _Jitter = "0s"
    quiet: _Quiet = field(default_factory=list)
    attribution: _Attribution = ""
    terms: _Terms = ""
    request: Annotated[RequestDefaults, Meta(description="Of [request], these keys alone")] = field(
        default_factory=RequestDefaults
    )
