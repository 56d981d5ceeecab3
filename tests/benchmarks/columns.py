"""The columns of the tables that show accounts: what they are called on the page, and what they mean in a few words."""

from __future__ import annotations

HEADINGS = {
    "acknowledged": "pushes that returned",
    "lost": "lost",
    "unread": "returned, not read",
    "doubled": "doubled",
    "raised": "delivered, push raised",
    "overtaken": "out of order",
    "unserved": "later arrival first",
    "failed": "failed operations",
    "hung": "runs that hung",
}
HEADINGS_GOING_ON = HEADINGS | {"asked": "cancellations", "missed": "cancellations missed"}
"""In the other workloads nothing waits after an operation, so that no cancellation can be missed."""
PUSHES, LOST, UNREAD, LATER_FIRST, HUNG, CANCELLATIONS, MISSED = (
    HEADINGS_GOING_ON[field] for field in ("acknowledged", "lost", "unread", "unserved", "hung", "asked", "missed")
)
MEANINGS = {
    LOST: "the push returned, and no pull returned the item",
    UNREAD: "a pull returned the item to a cancelled task, and nobody read the result of that task",
    HEADINGS["doubled"]: "an item was delivered again",
    HEADINGS["raised"]: "somebody got the item, though its push raised",
    HEADINGS["overtaken"]: "an item left after one that had entered later",
    LATER_FIRST: "a push still waited while a later one was served",
    HEADINGS["failed"]: "an operation raised something other than the cancellation that was asked for",
    HUNG: "the run never came to an end",
    MISSED: "a timeout or a cancellation never took effect, though nobody withdrew it and the task waited again",
}
