"""A process that runs what it is told: one JSON line in, one JSON line out, until its input ends.

    {"seed": 7}                        ->  the record of `judge`
    {"scenario": "scenarios/a.toml"}   ->  {"scenario": ..., "caught": what was missed or broke, or null}

`GHP_FIRMWARE` chooses the firmware for the whole life of the process.
"""

import json
import os
import sys

from ghptools import firmware_path


def answer(job):
    """Return what became of one job; an error of our own is an answer as well, `failed`."""
    from ghptools.campaign import draw, judge  # noqa: PLC0415  these load numba

    if "seed" in job:
        return judge.judge(draw.Run(job["seed"]))
    return {"scenario": job["scenario"], "caught": judge.caught(job["scenario"])}


def main():
    """Answer jobs."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints goes where people look, not into the answers
    firmware_path.ensure()
    for line in sys.stdin:
        job = json.loads(line)
        try:
            result = answer(job)
        except Exception as error:  # the campaign must go on and say which run could not be judged
            import traceback  # noqa: PLC0415

            traceback.print_exc()
            result = {**job, "failed": f"{type(error).__name__}: {error}"}
        out.write(json.dumps(result, allow_nan=False) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
