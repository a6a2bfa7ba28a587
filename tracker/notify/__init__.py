"""Step 12: which events go to whom, when, and in which message. `outbox.deliver` sends, `plan` decides what, `routes` to whom."""

from tracker.notify.routes import Route, Routes, deliveries, load, wants

__all__ = ["Route", "Routes", "deliveries", "load", "wants"]
