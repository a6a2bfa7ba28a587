"""Propose declarations for any page: which table on it is a leaderboard, and what its columns mean. Pure."""
