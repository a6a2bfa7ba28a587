"""The line: fetch, archive, read, resolve, compare, detect, store. Only this package knows the order of the steps.

`intake` adds captures to the archive; `sync`, which alone writes history, brings the store up to date, in one transaction per
capture. So after any interruption the next run continues from the archive, and a replay ends in the same tables. The deliveries
of a step enter the outbox in its transaction.
"""
