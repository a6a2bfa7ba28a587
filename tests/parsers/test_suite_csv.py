"""The dialects of CSV: the classes of csv-spectrum (https://github.com/max-mapper/csv-spectrum) in cases of our own, and others.

One of csv-spectrum's expected files contradicts its page (another phone number); all others are read as expected.
"""

import codecs

import pytest
from parsing import read

from tracker.errors import ParseError

SPECTRUM = {
    "simple": (b"a,b,c\n1,2,3\n", [("1", "2", "3")]),
    "simple, CRLF": (b"a,b,c\r\n1,2,3\r\n", [("1", "2", "3")]),
    "comma in quotes": (b'a,b,c\nx,"Town, WW",08123', [("x", "Town, WW", "08123")]),
    "empty cells": (b'a,b,c\n1,"",""\n2,3,4', [("1", "", ""), ("2", "3", "4")]),
    "empty cells, CRLF": (b'a,b,c\r\n1,"",""\r\n2,3,4', [("1", "", ""), ("2", "3", "4")]),
    "doubled quotes": (b'a,b,c\n1,"say ""hi"" now",2\n', [("1", 'say "hi" now', "2")]),
    "JSON in a cell": (b'a,b,c\n1,"{""t"": ""P"", ""at"": [102.0, 0.5]}",2\n', [("1", '{"t": "P", "at": [102.0, 0.5]}', "2")]),
    "a quote inside a bare cell": (
        "a,b,c\n1,37°36'37.8\"N 12°2'17.9\"W,x\n".encode(),
        [("1", "37°36'37.8\"N 12°2'17.9\"W", "x")],
    ),
    "line ends in quotes": (b'a,b,c\n"Once \na time",5,6\n7,8,9\n', [("Once \na time", "5", "6"), ("7", "8", "9")]),
    "CRLF in quotes": (b'a,b,c\r\n"Once \r\na time",5,6\r\n7,8,9\r\n', [("Once \r\na time", "5", "6"), ("7", "8", "9")]),
    "quotes and line ends": (b'a,b,c\n1,"x \n""y"" \nz",2\n', [("1", 'x \n"y" \nz', "2")]),
    "UTF-8": ("a,b,c\n1,2,ʤ".encode(), [("1", "2", "ʤ")]),
}
ROWS = [("x, y", "1", "2")]
DIALECTS = {
    "CR line ends": (b'a,b,c\r"x, y",1,2\r', ROWS),
    "line ends of three kinds": (b"a,b,c\r\n1,2,3\n4,5,6\r7,8,9", [("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9")]),
    "UTF-8 with a byte order mark": (codecs.BOM_UTF8 + b'a,b,c\n"x, y",1,2\n', ROWS),
    "a quoted header after the mark": (codecs.BOM_UTF8 + b'"a","b","c"\n"x, y",1,2\n', ROWS),
    "UTF-16, little-endian": (codecs.BOM_UTF16_LE + 'a,b,c\r\n"x, y",1,2\r\n'.encode("utf-16-le"), ROWS),
    "UTF-16, big-endian": (codecs.BOM_UTF16_BE + 'a,b,c\n"x, y",1,2\n'.encode("utf-16-be"), ROWS),
    "UTF-16 with tabs, as spreadsheets save": (codecs.BOM_UTF16_LE + "a\tb\tc\nx, y\t1\t2\n".encode("utf-16-le"), ROWS),
    "tabs": (b"a\tb\tc\nx, y\t1\t2\n", ROWS),
    "semicolons": (b"a;b;c\nx, y;1;2\n", ROWS),
    "semicolons and decimal commas": (b"a;b;c\nx;1,5;2\ny;2,5;3\n", [("x", "1,5", "2"), ("y", "2,5", "3")]),
    "semicolons, with commas in the header": (b"a;b;c;d (x, y, z, w, v)\nx, y;1;2;3\n", ROWS),
    "commas, with semicolons in the cells": (b'a,b,c\nx;y,1,2\n"x;y;z;w",3,4\n', [("x;y", "1", "2"), ("x;y;z;w", "3", "4")]),
    "bars": (b"a|b|c\nx, y|1|2\n", ROWS),
    "the delimiter on a first line": (b"sep=;\r\na;b;c\r\nx, y;1;2\r\n", ROWS),
    "another delimiter on a first line": (b'"sep=^"\na^b^c\nx, y^1^2\n', ROWS),
    "quotes with a backslash": (b'a,b,c\n"say \\"hi\\"",1,2\n', [('say "hi"', "1", "2")]),
    "a backslash before the closing quote": (b'a,b,c\n"C:\\",1,2\n', [("C:\\", "1", "2")]),
    "blank lines above the header": (b'\n\r\na,b,c\n"x, y",1,2\n', ROWS),
    "the header once more": (b"a,b,c\n1,2,3\na,b,c\n4,5,6\n", [("1", "2", "3"), ("4", "5", "6")]),
    "a column without a name, as an index": (b',a,b,c\n0,"x, y",1,2\n', ROWS),
    "a delimiter at the end of each row": (b'a,b,c\n"x, y",1,2,\n', ROWS),
    "a line end in the header": (b'a,b,"c"\n"x, y",1,2\n', ROWS),
    "a form feed at the end": (b'a,b,c\n"x, y",1,2\n\x0c', ROWS),
}


@pytest.mark.parametrize("dialect", SPECTRUM | DIALECTS)
def test_every_dialect_gives_the_same_cells(dialect):
    body, rows = (SPECTRUM | DIALECTS)[dialect]
    assert read("csv_table", body, ["a", "b", "c"]).rows == rows


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"a,b,c\n'x, y',1,2\n", "found 4 cells"),  # RFC 4180 knows double quotes only
        (b'a,b,c\n"x",1,"2', "broken CSV"),  # cut off inside a cell
        (b'a,b,c\n"x"y,1,2\n', "broken CSV"),  # nobody knows which quotes are meant
        (b"a,b,c\n0,x,1,2\n1,y,3,4\n", "found 4 cells"),  # an index that the header leaves out: the columns may have shifted
        ("a,b,c\né,1,2\n".encode("latin-1"), "expected UTF-8 or a declared charset"),
        ("a,b,c\né,1,2\n".encode("utf-16-le"), "none of the wanted columns|found no delimiter|expected UTF-8"),
        (b"a\n1\n", "found no delimiter"),  # one column is a list, and no board
    ],
)
def test_a_doubtful_dialect_is_refused(body, reason):
    with pytest.raises(ParseError, match=reason):
        read("csv_table", body, ["a", "b", "c"])
