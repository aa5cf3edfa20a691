"""``python -m bench.load``: requests a second, as ratios; 16 clients and one worker, papers coming and going.

First, at rest: requests a second of Citewell, of a bare FastAPI route that sends a body of the same size, and
of a plain LlamaIndex query engine behind FastAPI where ``--plain`` names its environment (``make load`` makes
one), all in one run with the same client.

Then the load: clients ask without a pause for some minutes, extractively, while papers are added over HTTP in
batches and some deleted again. No request may fail; a paper must be found once its job is done, and no answer
to a question asked after a 204 may know a deleted one; memory and event loop are watched. All papers should
be in after three fifths of the time: the growth of memory is that of the last fifth. Exit status 1 where
anything failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.__main__ import SUITE, as_jsonl, papers_of
from bench.figures import percentile
from bench.load.asking import Tally, ask_all_the_time
from bench.load.caller import Caller
from bench.load.changing import STALE, Changes, add_and_delete
from bench.load.servers import Server, bare, citewell, plain_engine
from bench.load.watching import Watched, watch
from data import bundled_papers

ADDING = 0.6
"""The share of the load during which papers are added."""
WARM_S = 3.0


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="of load (default 5)")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--papers", type=int, default=1000, help="added under load (default 1000)")
    parser.add_argument("--batch", type=int, default=25, help="papers a request (default 25)")
    parser.add_argument(
        "--rate-seconds", type=float, default=20.0, help="of each system at rest (default 20)"
    )
    parser.add_argument("--plain", type=Path, help="python of an environment with requirements/plain.txt")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="citewell-load-") as scratch:
        well = asyncio.run(_measure(given, Path(scratch)))
    sys.exit(0 if well else 1)


async def _measure(given: argparse.Namespace, scratch: Path) -> bool:
    questions = [json.loads(line)["question"] for line in SUITE.read_text(encoding="utf-8").splitlines()]
    rates: dict[str, Tally] = {}
    with citewell(scratch / "data") as server:
        await _asked(server, questions, given.clients, WARM_S)
        rates["Citewell"] = await _asked(server, questions, given.clients, given.rate_seconds)
        async with Caller(server.url) as caller:
            body = (await caller.call("POST", "/v1/ask", {"question": questions[0]})).body
    (scratch / "body.json").write_bytes(body)
    with bare(scratch / "body.json") as server:
        rates["a bare FastAPI route"] = await _asked(server, questions, given.clients, given.rate_seconds)
    if given.plain:
        as_jsonl(papers_of(bundled_papers(), sys.maxsize), scratch / "corpus.jsonl", sentences=False)
        with plain_engine(given.plain, scratch / "corpus.jsonl") as server:
            await _asked(server, questions, given.clients, WARM_S)
            rates["a plain LlamaIndex query engine"] = await _asked(
                server, questions, given.clients, given.rate_seconds
            )
    _tell_rates(rates, given.clients)
    with citewell(scratch / "data") as server:
        await _asked(server, questions, given.clients, WARM_S)
        well = await _load(server, questions, given)
    return well and not any(tally.faults for tally in rates.values())


async def _asked(server: Server, questions: list[str], clients: int, seconds: float) -> Tally:
    return await ask_all_the_time(server.url, questions, clients=clients, until=time.monotonic() + seconds)


async def _load(server: Server, questions: list[str], given: argparse.Namespace) -> bool:
    began = time.monotonic()
    seconds = given.minutes * 60
    changes, watched, tally = Changes(), Watched(), Tally()
    await asyncio.gather(
        ask_all_the_time(
            server.url,
            questions,
            clients=given.clients,
            until=began + seconds,
            check=changes.check,
            tally=tally,
        ),
        add_and_delete(
            server.url,
            changes,
            papers=given.papers,
            batch=given.batch,
            until=began + ADDING * seconds,
            end=began + seconds,
        ),
        watch(server, watched, until=began + seconds),
    )
    print(f"Load: {given.clients} clients for {seconds:.0f} s on one worker, extractive")
    print(f"  questions     {tally.told()}")
    job, worst = percentile(changes.job_ms, 0.5) / 1000, max(changes.job_ms, default=0.0) / 1000
    print(
        f"  papers        {changes.added} of {given.papers} added in jobs of {given.batch}, a job p50 "
        f"{job:.2f}, worst {worst:.2f} s; {len(changes.deleted)} deleted"
    )
    rss = [mb for _, mb in watched.rss]
    print(
        f"  memory        {rss[0]:.0f} MB at first, {max(rss):.0f} at most, {rss[-1]:.0f} at last; "
        f"{watched.growth(since=0):+.1f} MB a minute over all, "
        f"{watched.growth(since=seconds * (1 + ADDING) / 2):+.1f} over the last fifth"
    )
    print(f"                by tenths {' '.join(f'{mb:.0f}' for mb in watched.course(10))}")
    loop = watched.loop_ms
    print(
        f"  event loop    /healthz p50 {percentile(loop, 0.5):.1f}, p99 {percentile(loop, 0.99):.1f}, "
        f"worst {max(loop):.0f} ms"
    )
    faults = Counter(tally.faults) + Counter(changes.faults.faults)
    stale = sum(count for what, count in faults.items() if what.startswith(STALE))
    print(f"  errors        {faults.total() - stale}")
    print(f"  stale reads   {stale}")
    for what, count in faults.items():
        print(f"                {count} × {what}")
    return not faults


def _tell_rates(rates: dict[str, Tally], clients: int) -> None:
    print(f"At rest: {clients} clients, one worker each, the bundled papers")
    ours = rates["Citewell"].rate
    for name, tally in rates.items():
        ratio = "" if name == "Citewell" else f"   Citewell does {ours / tally.rate:.2f} of it"
        print(f"  {name:32} {tally.told()}{ratio}{f'   faults {tally.faults}' if tally.faults else ''}")


if __name__ == "__main__":
    main()
