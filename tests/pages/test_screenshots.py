"""The README's screenshots can be taken again, and the README shows them."""

import re
import struct

from tests import screenshots
from tests.support.service import ROOT


def read_size(image):
    """Return the width and height of a PNG file."""
    assert image.read_bytes().startswith(b"\x89PNG")
    return struct.unpack(">II", image.read_bytes()[16:24])


def test_the_screenshots_of_the_readme(browser, tmp_path):
    screenshots.main(browser, tmp_path)
    shown = re.findall(r"\(docs/images/(\S+)\)", (ROOT / "README.md").read_text())
    taken = sorted(tmp_path.iterdir())
    assert [image.name for image in taken] == sorted(shown)
    assert {read_size(image) for image in taken} == {tuple(screenshots.SIZE.values())}
    assert {read_size(ROOT / "docs/images" / name) for name in shown} == {tuple(screenshots.SIZE.values())}
