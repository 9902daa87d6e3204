"""The reference page is what the tables say."""

from ghp.settings import Settings
from ghptools import reference


def test_page_is_up_to_date():
    assert reference.PAGE.read_text() == reference.page(), "run `ghp reference`"


def test_the_page_allows_a_pin_what_the_firmware_allows():
    rows = [line for line in reference.page().split("\n") if "_pin` |" in line]
    assert len(rows) == 2 and all("| %s |" % Settings().allowed("technician_pin") in row for row in rows)
