"""The line: fetch, archive, read, resolve, compare, detect, store. Only this package knows the order of the steps.

`intake` brings captures into the archive; `sync` brings the store up to what the archive holds, one transaction per capture,
and it alone writes history. So whatever interrupts a run, the next one goes on where the archive is, and a replay ends in the
same tables. What a step has to report goes into the outbox in the step's own transaction.
"""
