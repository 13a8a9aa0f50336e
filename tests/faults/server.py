"""Do harm to the tracking server while it is sent to, and demand that it has every step once in the end."""

import random
import threading
import time
from collections import Counter

from mlflow import MlflowClient

from harness.record.mlflow_store import STEP_TAG
from harness.run.mirroring import mirror
from tests.faults.kinds import Harm
from tests.harness.run import tracking
from tests.harness.run.grids import Ground


def kill_server(ground: Ground, dice: random.Random) -> None:
    """Kill the server in the middle of what it is sent; it comes back, and the next command sends the rest."""
    _sent_in_the_end(ground, away=False, after=dice.uniform(2.0, 12.0))


def lose_server(ground: Ground, dice: random.Random) -> None:
    """Let nobody listen while the sweep runs; the server comes later."""
    _sent_in_the_end(ground, away=True, after=0.0)


KINDS: dict[str, Harm] = {"server killed": kill_server, "server away": lose_server}


def _sent_in_the_end(ground: Ground, away: bool, after: float) -> None:
    port, folder = tracking.free_port(), ground.root / f"server of {ground.name}"
    address = f"http://127.0.0.1:{port}"
    place = ground.place("store=mlflow", f"store.folder='{ground.store}'", f"store.tracker='{address}'")
    ground.sweep(["clip"])
    server = None if away else tracking.serve(folder, port)
    sending = threading.Thread(target=mirror, args=(place.study, place.store, place.story))
    sending.start()
    if server is not None:
        time.sleep(after)
        tracking.end(server)
    sending.join()
    server = tracking.serve(folder, port)
    try:
        mirror(place.study, place.store, place.story)
        client = MlflowClient(tracking_uri=address)
        homes = [one.experiment_id for one in client.search_experiments()]
        there = Counter(run.data.tags[STEP_TAG] for run in client.search_runs(homes))
    finally:
        tracking.end(server)
    if there != Counter(place.store.finished()):
        raise RuntimeError(f"the server has {dict(there)}, the store {list(place.store.finished())}")
