"""Fills the archive with a board's past, from git, Wayback, the Hugging Face Hub or a folder, and replays it."""
