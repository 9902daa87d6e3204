"""The fault campaign: runs drawn by seed, judged like every scenario and by a few laws more; planted bugs prove it."""
