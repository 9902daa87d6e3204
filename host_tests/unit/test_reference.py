"""The reference page is what the tables say."""

from ghptools import reference


def test_page_is_up_to_date():
    assert reference.PAGE.read_text() == reference.page(), "run `ghp reference`"
