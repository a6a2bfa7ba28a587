"""The shape of a board's file and of a file of defaults. Tests compare `schedules/README.md` and `board.schema.json` with it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from tracker.model import TOPICS

Formats = Mapping[str, type[Struct]]
"""Name of a format → the type of its parser's options."""

REST = "*"
"""The key, in a file shape, for all keys that a table does not declare."""

Text = Annotated[str, Meta(min_length=1)]
Source = Annotated[str, Meta(min_length=1, description="Column, dotted path, or what the format accepts as one")]
Sources = Annotated[list[Source], Meta(min_length=1, description="Alternatives: the first that the table has")]
Missing = Annotated[list[str | int | float], Meta(description="Values that mean unknown, besides blanks, dashes and N/A")]
Share = Annotated[float, Meta(ge=0, le=1)]
_FROM = Meta(description="Column of the value; a list: the first that the table has")
Part = Annotated[int, Meta(ge=0, le=9, description="Which figure of cells that hold several, such as $5 / $25: 1, 2 …")]


class ColumnTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column with further settings."""

    from_: Annotated[Source | Sources, _FROM] = field(name="from")
    missing: Missing = []
    kind: Annotated[
        Literal["text", "number", "date", "flag", "numbered"] | None,
        Meta(description="How to read the text; by default decided by the attribute's name"),
    ] = None
    part: Part = 0


class BoundTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column of bounds with further settings."""

    from_: Annotated[Source | Sources, _FROM] = field(name="from")
    missing: Missing = []
    kind: Annotated[
        Literal["number", "distance"], Meta(description="distance: how far the bound is from the value, with any sign")
    ] = "number"
    part: Part = 0


ColumnText = Source | Sources | ColumnTable
BoundText = Source | Sources | BoundTable


class PaginationTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to request a board that is spread over several answers."""

    kind: Annotated[
        Literal["page_number", "cursor", "offset", "link"],
        Meta(description="How the next page is requested; see the table of kinds"),
    ]
    param: Annotated[str, Meta(description="Query parameter for the page number, the cursor or the offset")] = ""
    start: Annotated[int, Meta(ge=0, description="Number of the first page")] = 1
    size: Annotated[int, Meta(ge=1, description="Records per page: the step of the offset if the records are not counted")] = 100
    next: Annotated[str, Meta(description="JMESPath of the next cursor in the response")] = ""
    more: Annotated[str, Meta(description="JMESPath that must be true for another page to be requested")] = ""
    records: Annotated[str, Meta(description="JMESPath of the records; a page without records is the last")] = ""
    max_pages: Annotated[
        int, Meta(ge=1, le=10_000, description="Maximum number of pages; more are an error, never silently cut")
    ] = 50


class NewestTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to find the newest release."""

    url: Annotated[Text, Meta(description="Page that names the releases")]
    find: Annotated[Text, Meta(description="Regular expression with one group; each match is a candidate, newest by its numbers")]
    follow: Annotated[str, Meta(description="Regular expression with one group: the URL of another file to search instead")] = ""
    replace: Annotated[dict[str, str], Meta(description='Replacements in the match: { "-" = "_" }')] = {}
    begins: Annotated[
        str,
        Meta(
            description="Start of the body of a published release; if the body differs, the previous release is tried, at most 5"
        ),
    ] = ""


class EachTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the values for one request each are listed."""

    url: Annotated[Text, Meta(description="Address of the JSON document that lists the values")]
    find: Annotated[Text, Meta(description="Path (JMESPath) of the list of texts in it")]
    max_values: Annotated[
        int, Meta(ge=1, le=2_000, description="Maximum number of values; more are an error, never silently cut")
    ] = 200


EachValues = Annotated[list[Text], Meta(min_length=1, description="The values themselves")]


class FurtherRequestTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to request."""

    url: Annotated[Text, Meta(description="Address to fetch, http or https; may contain secrets as ${NAME}")]
    method: Annotated[Literal["GET", "POST"], Meta(description="HTTP method; a POST is sent without a body")] = "GET"
    headers: Annotated[dict[str, str], Meta(description="Request headers; values may contain secrets as ${NAME}")] = {}
    params: Annotated[dict[str, str | int], Meta(description="Query parameters; values may contain secrets as ${NAME}")] = {}
    pagination: Annotated[
        PaginationTable | None, Meta(description="How to request a board that is spread over several pages")
    ] = None
    each: Annotated[
        EachValues | EachTable | None, Meta(description="Values for {each} in url and params; one request per value")
    ] = None
    member: Annotated[str, Meta(description="The file to keep from a response that is a ZIP archive")] = ""


_MaxBytes = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Largest accepted body, in bytes after decompression")]
_Timeout = Annotated[float, Meta(gt=0, le=600, description="Seconds until an unanswered request fails")]
_PerDay = Annotated[
    int, Meta(ge=0, le=10_000_000, description="Most requests in 24 hours with the same key, over all boards; 0: any number")
]
_Gap = Annotated[float, Meta(ge=0, le=3600, description="Seconds between two requests to the same host")]


class RequestTable(FurtherRequestTable, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to request, how fast, and the largest answer."""

    max_bytes: _MaxBytes = 32_000_000
    timeout_s: _Timeout = 30.0
    gap_s: _Gap = 2.0
    max_per_day: _PerDay = 0
    allow_private: Annotated[bool, Meta(description="true: the host may move from a public address to a private one")] = False
    newest: Annotated[NewestTable | None, Meta(description="How to find the release for {newest} in url and params")] = None


class RequestDefaults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a request that may be a default."""

    max_bytes: _MaxBytes = 32_000_000
    timeout_s: _Timeout = 30.0
    gap_s: _Gap = 2.0
    max_per_day: _PerDay = 0


class GroupTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to merge rows that belong together."""

    key: Annotated[Source | Sources, Meta(description="Rows with equal values here are merged; a list: a composite key")]
    by: Annotated[str, Meta(description="Each value v of this column yields separate columns, named v:column")] = ""
    take: Annotated[
        Literal["only", "first", "mean"], Meta(description="What to do with several cells for one place; see the table")
    ] = "only"


class ParseTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parser for the bytes, with its options."""

    format: Annotated[Text, Meta(description="The parser for the bytes")]
    group: Annotated[GroupTable | None, Meta(description="How to merge rows that belong together")] = None
    options: Annotated[dict[str, Any], Meta(description="Options of that format")] = field(default_factory=dict, name=REST)


class PayloadTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further answer to join with the table."""

    request: Annotated[FurtherRequestTable, Meta(description="What to request, as in [request]")]
    parse: Annotated[ParseTable, Meta(description="The parser for the bytes, as in [parse]")]
    key: Annotated[
        Source | ColumnTable | Annotated[list[ColumnText], Meta(min_length=1)] | None,
        Meta(description="Column that matches the board's key; a list: the parts of a composite key, in the board's order"),
    ] = None
    means: Annotated[
        bool, Meta(description="true: the payload lists columns instead of values, and its columns are their means")
    ] = False
    required: Annotated[bool, Meta(description="false: if the payload is missing, its columns are absent")] = True
    begins: Annotated[str, Meta(description="Start of its body; a response with another start counts as 404")] = ""


class ColumnsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The columns of the key, the name and each attribute."""

    key: Annotated[
        Source | ColumnTable | Annotated[list[ColumnText], Meta(min_length=1)],
        Meta(description="The publisher's own stable key; a list: a composite key"),
    ]
    name: Annotated[ColumnText, Meta(description="The name as published")]
    rank: Annotated[ColumnText | None, Meta(description="The publisher's rank, if it states one")] = None
    attributes: Annotated[dict[str, ColumnText], Meta(description="Any other key is an attribute of that name")] = field(
        default_factory=dict, name=REST
    )


class MetricTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A numeric column to compare."""

    from_: Annotated[Source | Sources | None, _FROM] = field(name="from", default=None)
    mean_of: Annotated[list[str], Meta(description="Instead of `from`: the mean of these metrics, declared above")] = []
    blend_of: Annotated[
        dict[str, Decimal], Meta(description="Instead of `from`: the weighted mean of these metrics, declared above")
    ] = {}
    title: Annotated[str, Meta(description="Name for people; derived from the id by default")] = ""
    nature: Annotated[
        Literal["tested", "fitted", "live", "listed", "count", "points"],
        Meta(description="How the values behave, which decides what counts as a change"),
    ]
    unit: Annotated[str, Meta(description="Unit of the values after scaling")] = ""
    topic: Annotated[
        str, Meta(description="Subject of the metric, in one spelling: see the table", extra_json_schema={"enum": ["", *TOPICS]})
    ] = ""
    higher_is_better: Annotated[bool | None, Meta(description="Direction; required unless the nature is count")] = None
    primary: Annotated[bool, Meta(description="This metric ranks the board; at most one")] = False
    scale: Annotated[Decimal, Meta(description="Factor that converts published values to the unit")] = Decimal(1)
    missing: Missing = []
    part: Part = 0
    low: Annotated[BoundText | None, Meta(description="Column of the interval's lower end; requires high")] = None
    high: Annotated[BoundText | None, Meta(description="Column of the interval's upper end; requires low")] = None
    plus_minus: Annotated[ColumnText | None, Meta(description="Column of the half-width: 6, ±6 or +5/-4")] = None
    half_width_factor: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="Factor that converts plus_minus to a 95 % half-width; 1 by default"),
    ] = None
    standard_error: Annotated[
        ColumnText | None, Meta(description="Column of the standard error: the same as plus_minus with the factor 1.96")
    ] = None
    estimated: Annotated[ColumnText | None, Meta(description="Column that is true if the value is an estimate")] = None
    measured_with: Annotated[
        ColumnText | None,
        Meta(description="Column that appears with a measurement: where it has no value, this one is an estimate"),
    ] = None
    stated_error: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="The publisher's own error between two entries, at 95 %, in the unit"),
    ] = None
    volatile: Annotated[bool, Meta(description="true: stored, but never compared")] = False


class BoundsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The credible values of a metric."""

    min: Annotated[float | None, Meta(description="Smallest credible value, in the unit")] = None
    max: Annotated[float | None, Meta(description="Largest credible value, in the unit")] = None
    min_filled: Annotated[
        Share, Meta(description="Share of the entries that must have a value; below 1, one entry may always be without")
    ] = 0.0


class ContractTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conditions for credible content."""

    depth: Annotated[
        Literal["whole", "varies"] | Annotated[int, Meta(ge=1, le=1_000_000)],
        Meta(description="How much of the board the page shows: whole, varies, or the top N"),
    ] = "whole"
    min_entries: Annotated[int, Meta(ge=1, description="Minimum number of entries for a credible reading")] = 1
    max_drop: Annotated[Share, Meta(description="Largest credible loss of entries between two readings, as a share")] = 0.3
    duplicates: Annotated[
        Literal["refuse", "ambiguous", "first", "best"] | None, Meta(description="What a duplicate key means; see the table")
    ] = None
    stale_after: Annotated[
        str | None,
        Meta(description='How long unchanged content is credible: "36h", "14d"; by default learned from the board\'s rhythm'),
    ] = None
    metrics: Annotated[dict[str, BoundsTable], Meta(description="Any other key is a metric's id, with its bounds")] = field(
        default_factory=dict, name=REST
    )


_EVERY = Meta(description="Take only the last state of each hour, day, week or month")
_Every = Annotated[Literal["hour", "day", "week", "month"] | None, _EVERY]


class GitPastTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A git repository with the board's past."""

    repository: Annotated[Text, Meta(description="Address or folder of the repository")]
    path: Annotated[
        Text, Meta(description="The file, from the top of the repository; or a glob, of files with dates in their paths")
    ]
    every: _Every = None
    dates: Annotated[Literal["author", "commit"], Meta(description="Whose time of a commit is that of the observation")] = (
        "author"
    )


class WaybackPastTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page whose captures the Wayback Machine has."""

    url: Annotated[Text, Meta(description="The address that was captured")]
    every: _Every = None


class HubPastTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dataset of the Hugging Face Hub whose revisions have the board's past."""

    dataset: Annotated[Text, Meta(description="The dataset, owner/name")]
    path: Annotated[str, Meta(description="The file in it; by default the one that the board reads")] = ""
    every: _Every = None


class BackfillTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the board's past is; tracker backfill --all takes it from there."""

    git: Annotated[GitPastTable | None, Meta(description="A git repository")] = None
    hf: Annotated[HubPastTable | None, Meta(description="A dataset of the Hugging Face Hub")] = None
    wayback: Annotated[WaybackPastTable | None, Meta(description="Captures of the Wayback Machine")] = None


class BoardDefaults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a board that may be a default."""

    cadence: Annotated[
        str,
        Meta(description="Fetch schedule: five-field cron, @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually"),
    ] = "0 6 * * *"
    time_zone: Annotated[str, Meta(description="IANA time zone of the cadence and of quiet")] = "UTC"
    jitter: Annotated[str, Meta(description='Maximum delay added to each fetch: "90s", "5m", "1h"')] = "0s"
    quiet: Annotated[
        list[str], Meta(description='Hours without fetches: "22:00-06:00"; a fetch due in them waits until they end')
    ] = []
    attribution: Annotated[str, Meta(description="Credit line, printed wherever the content is shown")] = ""
    terms: Annotated[str, Meta(description="What the publisher allows, and the consequences")] = ""
    redistribution: Annotated[
        Literal["allowed", "barred"],
        Meta(description="Whether the terms allow passing the content on: exports leave barred boards out"),
    ] = "allowed"


class BoardFile(BoardDefaults, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A board."""

    title: Annotated[Text, Meta(description="Name of the board, for people")]
    page: Annotated[Text, Meta(description="The page that people read")]
    enabled: Annotated[bool, Meta(description="false: kept, but not fetched until an operator enables it")] = True
    missing: Annotated[
        list[str | int | float], Meta(description="Values that mean unknown in every column, besides those of the column itself")
    ] = []
    request: Annotated[RequestTable, Meta(description="What to request")]
    parse: Annotated[ParseTable, Meta(description="The parser for the bytes, with its options")]
    columns: Annotated[ColumnsTable, Meta(description="The columns of the key, the name and each attribute")]
    metrics: Annotated[dict[str, MetricTable], Meta(description="Numeric columns to compare, by id")] = {}
    payloads: Annotated[
        dict[str, PayloadTable], Meta(description="Further responses to join with the table; name:column is a column of one")
    ] = {}
    contract: Annotated[ContractTable, Meta(description="Conditions for credible content")] = field(default_factory=ContractTable)
    backfill: Annotated[BackfillTable | None, Meta(description="Where the board's past is")] = None


class DefaultsFile(BoardDefaults, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a file of defaults. Files are merged as written, so an omitted key stays omitted."""

    request: Annotated[RequestDefaults, Meta(description="Only these keys of [request]")] = field(default_factory=RequestDefaults)
