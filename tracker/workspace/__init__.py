"""The user's workspace: where the store, the declarations and the settings are; `api` opens it for reading."""

from tracker.workspace.lookup import CONTACT, FILE, find
from tracker.workspace.settings import Settings

__all__ = ["CONTACT", "FILE", "Settings", "find"]
