"""The leaderboard tracker: what public AI-model leaderboards said, when, and what really changed."""
