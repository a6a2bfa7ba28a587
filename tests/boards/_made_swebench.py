"""The folders of swebench: boards of one file, `leaderboards.json`, each with its own lines and with lures in the others.

File: https://github.com/SWE-bench/swe-bench.github.io/blob/master/data/leaderboards.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from _made import Entry, Folder, Row, compact, known

NAMES = ("bash-only", "Test", "Verified", "Lite", "Multimodal", "Multilingual")

# folder | name | date | resolved | instance_cost | instance_calls | os_model | os_system; an empty cell is null
BASH_ONLY = """
20260702_mini-v2.0.0_kittiwake-5              | Kittiwake 5 (high reasoning)     | 2026-07-02 | 76.4  | 0.7146   | 36.517 | false | true
20260702_mini-v2.0.0_kittiwake-5-low          | Kittiwake 5 (low reasoning)      | 2026-07-02 | 71    | 0.1      | 21     | false | true
20260217_mini-v2.0.0_pochard-2                | 🆕 Pochard 2 400B-A32B           | 2026-02-17 | 70.6  | 0.05     | 61.35  | true  | true
20260217_mini-v2.0.0_goosander-3              | Goosander 3                      | 2026-02-17 | 70.6  | 0.43     | 34.7   | false | true
20260217_mini-v2.0.0_eider-2                  | Eider 2                          | 2026-02-17 | 69.25 |          |        | false | true
20260217_mini-v2.0.0_smew                     | Smew                             | 2026-02-17 | 66.0  | 0.0      | 43.7   | true  | true
20251124_mini-v1.16.0_kittiwake-4             | Kittiwake 4 medium (20251101)    | 2025-11-24 | 64.4  | 0.604418 | 38.9   | false | true
20251124_mini-v1.16.0_turnstone               | Turnstone                        | 2025-11-24 | 59.8  | 1.15     | 12.07  | false | true
20251120_mini-v1.15.0_ruff-70b                | Ruff 70B                         | 2025-11-20 | 55.4  | 0.02     | 70     | true  | true
20251001_mini-v1.13.3_bramble-1               | Bramble 1                        | 2025-10-01 | 53.2  | 0.31     | 29.4   | false | true
20251001_mini-v1.13.3_dovetail-1              | Dovetail 1                       | 2025-10-01 | 50    | 0.08     | 26.2   | true  | true
20250928_mini-v1.13.3_gable-1                 | Gable 1                          | 2025-09-28 | 47.6  | 0.29     | 35.8   | false | true
20250928_mini-v1.13.3_harrow-1                | Harrow 1                         | 2025-09-28 | 44.2  | 0.12     | 31.3   | false | true
20250807_mini-v1.7.0_juniper-1                | Juniper 1                        | 2025-08-07 | 41.8  | 0.35     | 28.8   | false | true
20250802_mini-v1.0.0_nettle-1                 | Nettle 1                         | 2025-08-02 | 38.4  | 0.22     | 24.6   | true  | true
20250726_mini-v0.0.0_oriel-1                  | Oriel 1                          | 2025-07-26 | 33.8  | 0.15     | 40.4   | true  | true
20250726_mini-v0.0.0_pewter-1                 | Pewter 1                         | 2025-07-26 | 26.4  | 0.05     | 22.9   | false | true
20250720_mini-v0.0.0_quarry-1                 | Quarry 1                         | 2025-07-20 | 21.04 | 0.31     | 37.3   | true  | true
20250720_mini-v0.0.0_sorrel-1                 | Sorrel 1                         | 2025-07-20 | 9.06  | 0.4      | 39     | true  | true
20250720_mini-v0.0.0_umber-1                  | Umber 1                          | 2025-07-20 | 0     | 0.0021   | 3.5    | true  | true
"""
TEST = """
20251027_rook_rookery                         | Rookery + Kittiwake 4            | 2025-10-27 | 43.77 |          |        | false | false
20250801_saltmarsh_shoal                      | Shoal (v1.2)                     | 2025-08-01 | 38.99 |          |        | false | true
20240820_tamarack_agent                       | Tamarack Agent                   | 2024-08-20 | 22.06 |          |        |       |
20240402_isla_rag                             | RAG + Turnstone 0                | 2024-4-2   | 3.79  |          |        | false | true
20231010_isla_rag_dunlin                      | RAG + Dunlin 7B                  | 2023-10-10 | 0     |          |        | true  | true
"""
VERIFIED = """
20260226_mossgate_moss                        | Moss + Pochard 2                 | 2026-02-26 | 79.2  |          |        | true  | true
20250928_tamarack_ternary                     | Ternary + Goosander 3            | 2025-09-28 | 78.6  |          |        | false | true
20260702_mini-v2.0.0_kittiwake-5              | mini-SWE-agent + Kittiwake 5     | 2026-07-02 | 76.4  | 0.7146   | 36.517 | false | true
20250612_rook_rookery                         | ✅ Rookery <beta> & Friends      | 2025-06-12 | 75.2  |          |        | false | false
20250612_rook_rookery_again                   | ✅ Rookery <beta> & Friends      | 2025-06-12 | 75.2  |          |        | "False" | "True"
20260217_mini-v2.0.0_pochard-2                | mini-SWE-agent + Pochard 2       | 2026-02-17 | 70.6  | 0.05     | 61.35  | true  | true
20241029_fennel_brush                         | Brush                            | 2024-10-29 | 53    |          |        |       | true
20240824_isla                                 | Isla (2024-08-24)                | 2024-08-24 | 45.2  |          |        | false | false
20240620_mossgate_lattice                     | Lattice                          | 2024-06-20 | 38.4  | 1.1      |        | false | true
20240402_isla_rag                             | RAG + Turnstone 0                | 2024-04-02 | 0.4   |          |        | false | true
"""
LITE = """
20250625_fennel_mend                          | Mend-v1.0 + Kittiwake 3          | 2025-06-25 | 60.67 |          |        | false | true
20250414_orrery_orbit                         | Orbit                            | 2025-04-14 | 55    |          |        | false | false
20240702_calder_crew                          | Crew + Mixed Models              | 2024-07-02 | 43.0  |          |        |       |
20240523_isla                                 | Isla                             | 2024-05-23 | 26.67 |          |        | false | false
20231010_isla_rag_dunlin                      | RAG + Dunlin 7B                  | 2023-10-10 | 0.33  |          |        | true  | true
"""
MULTIMODAL = """
20250701_calder_glaze                         | Glaze + Kittiwake 3              | 2025-07-01 | 36.02 |          |        | false | true
20250609_orrery_orbit                         | Orbit (visual)                   | 2025-06-09 | 34.33 |          |        | false | false
20250512_rook_rookery                         | Rookery                          | 2025-05-12 | 31.53 |          |        | false | false
20250402_tamarack_agent                       | Tamarack Agent                   | 2025-04-02 | 30.95 |          |        | false | true
20250301_mossgate_moss                        | Moss M                           | 2025-03-01 | 25    |          |        | true  | true
20250117_fennel_brush                         | Brush M                          | 2025-01-17 | 23.4  |          |        | false | true
20241206_isla                                 | Isla                             | 2024-12-06 | 19.92 |          |        | false | false
20241001_shoal_multi                          | Shoal Multi                      | 2024-10-01 | 12.19 |          |        | false | true
20241001_shoal_js                             | Shoal JS                         | 2024-10-01 | 11.99 |          |        | false | true
20241001_isla_rag                             | RAG + Turnstone 1                | 2024-10-01 | 5.03  |          |        | false | true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table above: JSON's own texts, `null` for an empty cell."""

    folder: str
    name: str
    date: str
    resolved: str
    cost: str
    calls: str
    os_model: str
    os_system: str

    def written(self) -> str:
        """The record as JSON, with the mixed fields that the file has beside those that are read."""
        fields = {
            "checked": '"true"' if self.os_model == "true" else "null",
            "cost": "null" if self.cost == "null" else "302.2094105",
            "date": f'"{self.date}"',
            "folder": f'"{self.folder}"',
            "instance_calls": self.calls,
            "instance_cost": self.cost,
            "logo": "null",
            "logs": "false",
            "name": compact(self.name),
            "os_model": self.os_model,
            "os_system": self.os_system,
            "per_instance_details": '{"harbour__quay-101":{"api_calls":17,"cost":0.21,"resolved":true}}',
            "resolved": self.resolved,
            "site": '["https://models.example.org/"]' if self.os_system == "true" else "null",
            "tags": '["Model: one","Model: two","System: Attempts - 1"]',
        }
        return "{" + ",".join(f'"{name}":{text}' for name, text in fields.items()) + "}"

    def entry(self, *, costs: bool) -> Entry:
        """As it must be read: badges leave a name, flags and dates have one spelling."""
        attributes = known(
            submitted=self.date.replace("2024-4-2", "2024-04-02"),
            open_weights=_flag(self.os_model),
            open_system=_flag(self.os_system),
        )
        measures = known(cost=_number(self.cost), calls=_number(self.calls)) if costs else {}
        name = self.name.lstrip("🆕✅ ")
        return {
            "entry": self.folder,
            "name": name,
            "attributes": attributes,
            "measures": {"resolved": float(self.resolved), **measures},
        }


def _flag(text: str) -> str | None:
    return None if text == "null" else text.strip('"').lower()


def _number(text: str) -> float | None:
    return None if text == "null" else float(text)


def lines_of(table: str) -> list[Line]:
    """The lines of a table above."""
    found = []
    for text in table.strip().splitlines():
        cells = [cell.strip() for cell in text.split("|")]
        filled = [*cells[:4], *(cell or "null" for cell in cells[4:])]
        names = ("folder", "name", "date", "resolved", "cost", "calls", "os_model", "os_system")
        found.append(Line(**dict(zip(names, filled, strict=True))))
    return found


TABLES: Mapping[str, str] = {"bash-only": BASH_ONLY, "Test": TEST, "Verified": VERIFIED, "Lite": LITE, "Multimodal": MULTIMODAL}


def _lure(line: Line) -> str:
    """The same line with another figure: whoever takes the wrong board is seen."""
    return line.written().replace(f'"resolved":{line.resolved},"site"', '"resolved":99.9,"site"')


def _board(name: str, records: list[str]) -> str:
    return f'{{"name":"{name}","results":[\n' + ",\n".join(records) + "\n]}" if records else f'{{"name":"{name}","results":[]}}'


def file_of(name: str, most: int | None = None) -> bytes:
    """The file: the named board (its first `most` lines), a lure in each of the others, none in the one that is empty."""
    own = lines_of(TABLES[name])[:most]
    boards = [
        _board(one, [line.written() for line in own] if one == name else [_lure(line) for line in own[:1] if one in TABLES])
        for one in NAMES
    ]
    return ('{"leaderboards":[\n' + ",\n".join(boards) + "\n]}\n").encode()


def older_file_of(name: str) -> bytes:
    """The shape before August 2024: a list for each board, no folder, figures as text."""
    rows: list[Row] = [
        {"name": line.name, "resolved": line.resolved, "date": line.date, "oss": False} for line in lines_of(TABLES[name])
    ]
    return compact({f"{name.lower()}_leaderboard": rows}).encode()


def folder(name: str) -> Folder:
    """The folder of one board."""
    costs = name in {"bash-only", "Verified"}
    entries = [line.entry(costs=costs) for line in lines_of(TABLES[name])]
    return Folder(pages={"page.json": file_of(name)}, entries=entries, short=file_of(name, 2))


FOLDERS = {f"swebench/{name.lower()}": partial(folder, name) for name in TABLES}
