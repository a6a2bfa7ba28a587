"""Propose declarations for any page: which table on it is a leaderboard, and what its columns mean. Pure."""

from __future__ import annotations

from tracker.authoring.candidates import candidates
from tracker.authoring.guess import propose
from tracker.authoring.proposal import SURE, Answers, Candidate, Guess, MetricGuess, Proposal

__all__ = ["SURE", "Answers", "Candidate", "Guess", "MetricGuess", "Proposal", "candidates", "propose"]
