"""`ghp flash` on a virtual board's terminal, with the real mpremote."""

import pytest
from ghptools.flash import FlashError, flash


@pytest.mark.slow
@pytest.mark.parametrize("way", ["rom", "mpy"])
def test_flash_a_stock_board_and_reflash_it_running(served, standin, mpremote, way):
    firmware, boards = standin
    vm, bridge = served()
    said = []
    version = flash(bridge.path, "ghp50", way, firmware, boards, said.append)
    assert version == "stand-in 1"
    (firmware / "ghp" / "tiny.py").write_text((firmware / "ghp" / "tiny.py").read_text().replace("in 1", "in 2"))
    assert flash(bridge.path, "ghp50", "auto", firmware, boards, said.append) == "stand-in 2"
    assert any("asking it for the prompt" in text for text in said)
    done = mpremote(bridge.path, "exec", "import ghp.tiny;print(ghp.tiny.__file__)")
    assert done.stdout.strip() == "/rom/ghp/tiny.mpy"  # auto: the ROM partition, and no older copy before it
