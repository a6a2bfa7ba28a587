"""The user's workspace: its store, declarations and settings; `api` opens it for reading."""

from tracker.workspace.lookup import CONTACT, FILE, find
from tracker.workspace.settings import Settings

__all__ = ["CONTACT", "FILE", "Settings", "find"]
