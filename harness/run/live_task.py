"""Follow a running training: send what its file says to the tracker until the training ends or goes away."""

import json
import select
import sys
from pathlib import Path

from harness.record.mlflow_store import Open
from harness.record.store import Store
from harness.run.live import Live


def follow(live: Live, file: Path) -> None:
    """Send every line of a file, and then what is new every `every_s` seconds, until standard input ends."""
    shown = Open(Store(Path(live.store)), live.step, live.title, live.tracker, live.experiment)
    at, over = 0, False
    while True:
        content = file.read_bytes()
        whole = content[at : content.rfind(b"\n") + 1]
        told = [json.loads(line) for line in whole.splitlines()]
        if told and shown.send([(name, one["step"], value) for one in told for name, value in one["values"].items()]):
            at += len(whole)
        if over:
            shown.close()
            return
        over = bool(select.select([sys.stdin], [], [], live.every_s)[0])


if __name__ == "__main__":
    place = Path(sys.argv[1])
    follow(Live.from_json(place.read_bytes(), str(place)), Path(sys.argv[2]))
