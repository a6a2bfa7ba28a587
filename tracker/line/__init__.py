"""The line: fetch, keep, parse, check, resolve, compare, detect, store. Only this module knows the order of the steps.

`run` and `import_bodies` bring captures into the archive; `settle` brings the store up to what
the archive holds, one transaction per capture, and it alone writes history. So whatever
interrupts a run, the next one goes on where the archive is, and a replay ends in the same tables.
What a step has to tell goes into the outbox in the step's own transaction.
"""

from __future__ import annotations
