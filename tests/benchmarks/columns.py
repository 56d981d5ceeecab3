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
    LOST: "the push returned, but no pull returned the item",
    UNREAD: "a pull returned the item to a cancelled task, and nobody read that task's result",
    HEADINGS["doubled"]: "an item was delivered again",
    HEADINGS["raised"]: "somebody got the item although its push raised",
    HEADINGS["overtaken"]: "an item came out after one that went in later",
    LATER_FIRST: "a later push was served while an earlier one still waited",
    HEADINGS["failed"]: "an operation raised something other than the requested cancellation",
    HUNG: "the run did not end within many times the usual number of steps",
    MISSED: "a timeout or a cancellation never took effect, although the task waited again and nobody withdrew it",
}
