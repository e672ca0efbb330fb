"""Workbooks for tests: made here, or saved by other programs."""

import base64
import io
import zipfile
import zlib

import openpyxl

# Row 2 phone, name, since; row 4 a number, Zoë, the last of January 2024. Written by xlwt 1.3.
XLS = zlib.decompress(
    base64.b64decode(
        "eNrtWE1oE0EU/mY3aX5o81NToRVKKLRqbA/ixUu7WtCeWqoXpQiaNgFLTVJSL/Wg0ZqjIHhSvBRqwUvViz/oQcGDglDRgyAIiR57"
        "EhR6aLO+97KraURoQAuV+ZZ58+abeTNv5+ftz9vlaGn+QUcZdRiAiYodQFMNpygF3EIEVG/brLq5n5Ktsa0Q8NNCNnnxtOWNj9eQ"
        "17sMA/c9L0gCnymdwjRGctl0fAsxKD4kFfvQT1LhNjEhtItXrSInRO4QeU9aPhN5SJhrIvupbUmNYdkaSRx0dvFJo0vqQuB+H4nN"
        "R2H2ow2veBdfuq6qbb04nJ9MnttmFZ2eZiyAFnQonU3nuRzGHQSBWUJfJtOXSpUQo8VewHc7DnxzT/XzuOa3llcgfnUj7/sD76dF"
        "rOdvGB6gAPuMHJIiBeiAp7oXZtbQDdY5eYHps3SGSc8mM2kqzkxmJ9ImMJZbCXJgl0AQ2RAIWuSANJNMISx6VI5JhDxZu/v13fD4"
        "qHVamIIE/+ojops9go3LbEHGIWHFKXqoAAmx2CfyivS6S/QOkTFylfKe0TZHOTonba5KbQ+Nc0Dw3tpdo+8hvbhy7HFn8Yu1l/Sl"
        "ofKF2NIHax5dNCMpsudrDr2qV926yXhiublywsknke2/hRa/EZE7MGE7z8Ew1ukwMRcVolri2VE/S4YzV2xt1lmbNCemY114vbg4"
        "PMg2pvTA/EWDSwb5lXhpYMBoxUPuigLbLwShoaGhoaGhoaGh0TD4hdVwXsyd7wR59fc5/3XWKVX0b5L/FseRo+s8fVQeQZbyPGYb"
        "2j874VVuX2qTNu7/QsYJGj2PKYyLH1MN71/6dFO197Npw8jfO0KNjl9pxM9/PP4PSubTew=="
    )
)

# The cells of FORMATTED and ERRORS, from B3 on, in the sheet List; another one before it is hidden. Written by
# LibreOffice 7.4.
XLS_OF_LIBREOFFICE = zlib.decompress(
    base64.b64decode(
        "eNrtWmtsXEcVPvexu3f92uv3e31t5+HETrJ5QNKQxo84JYVGQSROK9VRuvZe25vuS7vryEYibEgCUtUiID/aH5VQS9q0TZsEIZUf"
        "rYiDilRUUKtCwkOAkiIQqAgtqFUoIlnOOXd2c7O9i2wnIEo96zuP75yZOTNz5syZe/3Wm9VXnvpOy1UoCp8CBW7kvOC2YRI+1fmC"
        "DlAlsBu5XC4P55bCRypcF6mCa6fi48KH1tyDj4aPF58yfMrxqcCnUqw3PbrI14h0KXz0wuchjr80GLATYpgmYRYWEhpQY+ztzafO"
        "jXnyzTcs9b/4/r0a7mK3C16p/DFted77V0GG8+pFjAHewWcUEmQbdgQj48Z/KwyxDEGJZJjDQ+ZuScOzRsZTSYUnMa2Cc0x7leO7"
        "ocYazgAYW8RZ9YA8wCN4jOMujqswluB7XOdXjKwHP/yabd3X6SiTJfBIOyAIEQjDGO6GMHK0wOs0y19iDrKR0iBTiOt2qH61Ak6R"
        "pf20GTOTwYhf9cIzNNMBDH7VA8+SiIHlfrUMTpNlDqwNUMkHz5FNDoXWRaPrZjH41SZ4HmoBqDC6JhodXRMKjRpTU1ujUb/aCi/g"
        "NnWibU2l/GoVnCEr/+DUgTzihRdJCqt2HbwEPpy/3g2f2NQVyAe/Wgln6YDo7uvuJrH8aj2cI6fgwWWf3bn3wKhxk+CD8yRuoDsf"
        "rkAdzsQpeD9n2LRyziCcponx9+aHywvE4WOHn8K5c5rnXos/W4yvKoH3lcBXl8C9jnhBnp5i/BkLV4vxZ0vgp0vgz5XAny+Bv1AC"
        "P1MCf7EE/lIJ/GwJ/FwJnOYHJ6epGD//If6TMhYykKNUzyicVmfcnNZkVE5rMx5O6zKu3ENs906goRgm1w59unvCyVTaMKOJ9OwJ"
        "NI6XvWQ43bArHAqZsRPo8D1Cfh/2eV84lT6Bzp+ngY0Y7ElPmclHkSDh7yLa5ou4Qfc9JsG7aN3QXGQPsYzubEDcFVzCt1TFnYGN"
        "rUgVkc/TNkJ5luz5BTQwGhyVUCptThrAeAD8f9UtL1RDb1RrxOcatv9P2CP1It5rnWBTLD92lw6nIyYCUTM5aYaw/Vg8bWJ34Vga"
        "qV8wk/EUlhLjaZXjDZiEgmmuEY+asbSWzxjEF5pOqtRm1KQkOU0thcKHUfRYELNJc4J6CEYJPxyMYBybjmKcsuJ0Evvkucb2E8gd"
        "nsGRpafi06lgLJRyUV8xcxZZx8KTWEpFg5EIDWIqnAxRY+Yk9WvOpBU6IjYjKRKOmSRZsGyMKiSC4yYeJ4YxYxizBuawPcNMktSJ"
        "yHQKR0NW3Ni8fgPWmYlGcBoPzgQCm9YfNFYY28a2U4tmMBTARZjJoc3uhbfdlts/rtXjc9OI1ItULiv4EPotPkQFrmgINYHO22pe"
        "XR3Xcs2Otnff+WRL/0HGM3CzxeWky9AnHUXKRXU11+jl+MvMWyc6PcbYcY5XFOr/sX+lLd9TyGf7V9nyT6EX4EWpgLVWxt76pKYK"
        "97GLD13pz6cSjCBFgy/ysEF6RPOJkVYVeVF/hs/R+LK7rLFlNaG9pMY+UFjzfaBmexj3ZnUHT0yGMq5HdWh3bJdr4GW35cgAbGNZ"
        "AdqpvZtXcAqTqPqTmr0hKe/9fdxWRCrEmqyLfJ8AfXCd54NWonjNDPuaaYtYM822ZrC0ZvNdM+pzGVgHjbVmMudvrhlhCmKuIoxO"
        "G6UIczlgbgfM44BpDpjXAStzwModsAoHrNIBq3LAfA6Y7oBVO2A1DlitA1bngNU7YA0OWKMD1uSANTtgLQ5YqwPW5oC1O2B+B6yj"
        "CKN9T3rl4+1nlRQcLfscshtTFUsW7hJ7lUoK16FdpKCuKkglzV35D/X07qHvM51aqUcO4laZm6zAEZlKMs7dBtGSi2luQXMhrRH2"
        "CpqbaR7RC0mTd/fm+onuYbom6nqQ3gwTP5O5rsY0r6irIa0F9o2MjGz89h8GiO5lepmge5HeCuM/Wrc/Ty9jerlom8bfBtckS65y"
        "plWIuuVIa4ev/W4L/v2C5apgeiVbpya2Tj62AvQOIm/U2iXirGTOKuZsx5LMVsxj4/SAX8KlBDexVzG7j9mb+ZpO7Ktt7AoMlrGM"
        "PmbVhQw+wdp4iwxtq4lTZ85qwakLznYHzmrmrGFOP1tan1j5PKcGjRIEUWKF+GuYv1aMrsaBn0dXO1jHItcye51grxWs3OyAfTJk"
        "q/U6Zq9n9g6+y/oKb3rEWxuWBp8xzSOTakFwjGrWc80GMY31XFO5paZCM0WsDczaKJa6AVn9RF/52tYfDhK9kelNQk0akd4BT39F"
        "4rpNTGsWtCakGfDGXg/TmpnWItptZhG+eWm3+81sZpjoLUxvFfQWph8+Vvne+53HtxO9leltgt7K9BEOl1gF25jeLvpu4y33F3qR"
        "jbR2pvnFJmvnuh2i5GeaUSjJ0Ik/q9TBtK5Ciep1i8PJcDA2nQ5YlwPW7WCUDO5rGS/RXVj6sKZ34xZqlptJI5az9zAnzflJb4fU"
        "CWjWFBiSrWXo5KaWC7E7uakVotTFtJWFEtF6RKmbaavEFHcjrauw9L9n+yCznVPRX9Il8pd0lCIg/CW2oBWWv/T3hfhLFZa/RPxz"
        "mD5dYeHUFpmrvVJ59gjQhRb4lkr9fJVti3UPfICnMcPxUfScrsIxzPvhgkQn5RzjdAuV4AfkV8FbEkFvc/xTji9z/HO+BeekJlJj"
        "ykK/TKO9oMhsNXW+exLhGm4dUtANiso2r5rfZRyATbizaljRbw2VqIrDvz0+c//+z8RPvlbXc+iNV0/a7ws02kpu42WpJv/Gknez"
        "NW/bqP+gMR6P0pVzG+g2Diu0sSV1Cd8LtWfJ+fzPXRhWF10YBuwXBn0RFwb9zl4Y7kiQbN/z7N//qJz//rf0be//N0i4ukqZ9Q1J"
        "12TLB7VU4x46pHeHx5PxVHwibeycGTcjxl2b1+wLjpmRiMlqMhSemNhym/on3079GzlgQ+Ck11dOfOtvH+yZ0s98Q4Peld/9JW3W"
        "J8S3bUlsP9L5XULPR8XGmhLfu9Pim3dGfPd+VJwLf7oO7GRQnXjCjCVmZyLUp1/QA6LtfCjOZy4nOgeP/Eay5+/0+AmRL/3k0pNr"
        "W/WTj+P4+z44O0z7uwijMTfZ3snqtjHeJ97NAr8tsehbBH3A9g6X5mowkdhvJlPheOzWOaL53bh2PSyF/81wJ7//s/4U2RCnOnQc"
        "Z4TK3o+9J+FhGGM5Hl6w/HT3yn87mO/3b+J/pTFvJ3Zgv1FIwB6U4dCi+lds3+DnW+/egp3aAxEwF71+dH9f6Pd/Gn+dyLtgL0zj"
        "+KMQ5LW/F7VggteEkDSEMR/7N231iP5dC5h/mq/XC/0PYw/jLIPJGrgwebYsYvwe/kq49P8fFP4FdNsztQ=="
    )
)


def pack_zip(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def pack_xlsx(*sheets):
    """Return a workbook of sheets, each a dict of cells by their name (and maybe the sheet's state)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, cells in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        sheet.sheet_state = cells.pop("state", "visible")
        for place, value in cells.items():
            value, number_format = value if isinstance(value, tuple) else (value, None)
            sheet[place] = value
            if number_format:
                sheet[place].number_format = number_format
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def pack_sheet_xml(rows, strings="", styles=""):
    """Return an XLSX whose one sheet has this XML for rows: what no library would write."""
    relations = '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    return pack_zip(
        **{
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": '<workbook><sheets><sheet name="List" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
            "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
            "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
        }
    )


def pack_ods(*tables, styles="", manifest="<manifest/>"):
    """Return an ODS of tables, each XML of its rows or (attributes of the table, rows)."""
    names = {name: name for name in ("office", "table", "text", "style", "calcext")} | {"draw": "drawing"}
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{prefix}="{urn}:{name}:1.0"' for prefix, name in names.items())
    parts = [table if isinstance(table, tuple) else ("", table) for table in tables]
    body = "".join(
        f'<table:table table:name="Sheet {number}" {attributes}>{rows}</table:table>'
        for number, (attributes, rows) in enumerate(parts)
    )
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return pack_zip(**{"mimetype": mime, "META-INF/manifest.xml": manifest, "content.xml": content})
