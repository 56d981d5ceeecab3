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
PUSHES, HUNG, CANCELLATIONS, MISSED = (
    HEADINGS_GOING_ON[field] for field in ("acknowledged", "hung", "asked", "missed")
)
MEANINGS = {
    HEADINGS["lost"]: "items whose push returned and that no pull returned",
    HEADINGS["unread"]: "items that a pull returned to a cancelled task, where nobody read them",
    HEADINGS["doubled"]: "deliveries of an item beyond its first",
    HEADINGS["raised"]: "items that somebody got though their push raised",
    HEADINGS["overtaken"]: "items that left after one that had entered after them",
    HEADINGS["unserved"]: "pushes that went on waiting while a later one was served",
    HEADINGS["failed"]: "operations that raised something other than the cancellation that was asked for",
    HUNG: "runs that came to no end",
    MISSED: "timeouts and cancellations that never took effect, though nobody took them back and the task waited again",
}
