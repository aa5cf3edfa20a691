"""Papers that come and go under load, and whether readers see it: found once added, gone once deleted."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field

from bench.load.asking import OK, Tally
from bench.load.caller import Caller, Reply
from bench.load.drawn import Drawn, drawn

ACCEPTED, GONE = 202, 204
POLL_S = 0.05
STALE = "stale"
DELETED_SHARE = 10
"""One paper in so many is deleted again."""


@dataclass(slots=True)
class Changes:
    """What was changed so far.

    Attributes:
        added: papers whose job is done.
        deleted: id of each deleted paper, and when its 204 came (monotonic seconds).
        job_ms: from sending a batch to the end of its job.
        faults: what went wrong, in words; stale reads begin with ``STALE``.
    """

    added: int = 0
    deleted: dict[str, float] = field(default_factory=dict)
    job_ms: list[float] = field(default_factory=list)
    faults: Tally = field(default_factory=Tally)

    def check(self, reply: Reply) -> str:
        """A reply to a question that was asked after a 204 must not know the deleted paper."""
        body = reply.json()
        known = {paper["paper_id"] for paper in (*body["retrieved"], *body["citations"])}
        late = [one for one in known & self.deleted.keys() if reply.asked > self.deleted[one]]
        return f"{STALE}: a deleted paper in an answer" if late else ""


async def add_and_delete(
    url: str, changes: Changes, *, papers: int, batch: int, until: float, end: float
) -> None:
    """Add papers in batches, spread evenly up to a time, and look for one of each batch; delete some.

    Args:
        url: of the server.
        changes: told what was done.
        papers: how many to add.
        batch: how many a request brings.
        until: when the last batch should be sent (monotonic seconds).
        end: when to leave the rest, where the server is too slow for that.
    """
    source = drawn()
    began = time.monotonic()
    batches = -(-papers // batch)
    for number in range(batches):
        await asyncio.sleep(max(0.0, began + (until - began) * number / batches - time.monotonic()))
        if time.monotonic() > end:
            changes.faults.fault(f"{papers - changes.added} papers could not be added in time")
            return
        some = list(itertools.islice(source, min(batch, papers - number * batch)))
        async with Caller(url) as caller:  # a new connection: servers close those that rest for seconds
            await _add(caller, some, changes)
            await _is_found(caller, some[-1], changes)
            for gone in some[::DELETED_SHARE]:
                await _delete(caller, gone, changes)


async def _add(caller: Caller, some: list[Drawn], changes: Changes) -> None:
    began = time.monotonic()
    reply = await caller.call("POST", "/v1/papers", [one.record for one in some])
    if reply.status != ACCEPTED:
        changes.faults.fault(f"adding papers: status {reply.status}")
        return
    path = f"/v1/jobs/{reply.json()['id']}"
    while (job := (await caller.call("GET", path)).json())["state"] in ("queued", "running"):
        await asyncio.sleep(POLL_S)
    if job["state"] != "succeeded" or job["added"] != len(some):
        changes.faults.fault(f"a job {job['state']}, {job['added']} of {len(some)} added")
    changes.job_ms.append((time.monotonic() - began) * 1000)
    changes.added += len(some)


async def _is_found(caller: Caller, one: Drawn, changes: Changes) -> None:
    """Found by its own word, and read whole."""
    found = await caller.call("POST", "/v1/search", {"query": one.question, "top_k": 3})
    if found.status != OK or one.id not in [result["paper_id"] for result in found.json()["results"]]:
        changes.faults.fault(f"{STALE}: an added paper is not found")
    shown = await caller.call("GET", f"/v1/papers/{one.id}")
    if shown.status != OK or shown.json()["abstract"] != one.record["abstract"]:
        changes.faults.fault(f"{STALE}: an added paper is not shown")


async def _delete(caller: Caller, one: Drawn, changes: Changes) -> None:
    reply = await caller.call("DELETE", f"/v1/papers/{one.id}")
    if reply.status != GONE:
        changes.faults.fault(f"deleting a paper: status {reply.status}")
        return
    changes.deleted[one.id] = time.monotonic()
    answered = await caller.call("POST", "/v1/ask", {"question": one.question})
    if answered.status != OK or (wrong := changes.check(answered)):
        changes.faults.fault(wrong if answered.status == OK else f"status {answered.status} after a deletion")
