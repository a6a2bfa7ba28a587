"""Point it at any page: which table on it is a leaderboard, what its columns mean, and how that would be declared. Pure."""

from __future__ import annotations

from tracker.propose.candidates import candidates
from tracker.propose.guess import guessed, propose
from tracker.propose.proposal import SURE, Candidate, Guess, MetricGuess, Proposal

__all__ = ["SURE", "Candidate", "Guess", "MetricGuess", "Proposal", "candidates", "guessed", "propose"]
