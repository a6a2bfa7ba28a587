"""In which encoding a body is read."""

import pytest
from parsing import read

from tracker.errors import ParseError
from tracker.model import Parse
from tracker.parsers import parse
from tracker.parsers.decoding import charset_of, decode

TABLE = "<table><tr><th>Modèle<th>Score<tr><td>Ombre Légère 2<td>88<tr><td>Aurora Été<td>87</table>"
ROWS = [("Ombre Légère 2",), ("Aurora Été",)]
LATIN = '<meta charset="iso-8859-1">'


def rows(body, charset=""):
    return parse(body, Parse(format="html_table", options={}), ["Modèle"], "lab/board", charset=charset).rows


@pytest.mark.parametrize(
    "declared", ["", LATIN, '<meta charset="utf-8">', '<meta charset="gb2312">', '<meta charset="x-nothing">']
)
@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1", "windows-1251"])
@pytest.mark.parametrize("stray", [b"", b"<p>caf\xe9</p>", b"<p>\x93x\x94</p>"])
def test_a_page_in_utf_8_is_read_so_whatever_it_declares(declared, charset, stray):
    assert rows(declared.encode() + stray + TABLE.encode(), charset) == ROWS


def test_a_cell_with_bytes_that_cannot_be_read_is_refused():
    body = TABLE.encode().replace("Été".encode(), b"\xc9t\xe9")
    with pytest.raises(ParseError, match="found bytes that are not UTF-8 in row 2, column Modèle: 'Aurora \ufffdt\ufffd'"):
        rows(body)


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        (LATIN, ""),
        ("", "ISO-8859-1"),
        ("", "latin1"),
        (f"<!-- <meta charset=windows-1251> -->{LATIN}", ""),
        (f"<script>x = '<meta charset=koi8-r>'</script>{LATIN}", ""),
        ('<meta charset="windows-1251">', "windows-1252"),
    ],
)
def test_a_legacy_page_is_read_as_its_response_or_the_page_declares(declared, charset):
    assert rows((declared + TABLE).encode("windows-1252"), charset) == ROWS


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030"])
def test_the_labels_of_chinese_pages_mean_gb18030(label):
    body = f"<meta charset={label}>" + TABLE.replace("Modèle", "Model").replace("Ombre Légère 2", "通义千问㐀").replace(
        "Aurora Été", "镕"
    )
    table = parse(body.encode("gb18030"), Parse(format="html_table", options={}), ["Model"])
    assert table.rows == [("通义千问㐀",), ("镕",)]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_goes_before_everything(mark):
    assert rows((LATIN + TABLE).encode(mark), "windows-1251") == ROWS


def test_a_legacy_page_that_declares_nothing_is_refused():
    with pytest.raises(ParseError, match="found byte 0xe8 at 18, expected UTF-8 or a declared charset"):
        rows(TABLE.encode("windows-1252"))


def test_data_files_are_read_as_their_response_declares():
    body = "Modèle,Score\nÉté,1\n".encode("windows-1252")
    assert parse(body, Parse(format="csv_table", options={}), ["Modèle"], charset="windows-1252").rows == [("Été",)]
    with pytest.raises(ParseError, match="expected UTF-8 or a declared charset"):
        read("csv_table", body, ["Modèle"])


def test_bytes_of_no_encoding_are_refused():
    with pytest.raises(ParseError, match="that are not euc-jp, as declared"):
        decode(b"<meta charset=euc-jp><table>\xff\xff\xfe</table>")


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset = "windows-1251"', "windows-1251"),
        ("text/html", ""),
        ("", ""),
    ],
)
def test_the_charset_of_a_content_type(header, charset):
    assert charset_of(header) == charset
