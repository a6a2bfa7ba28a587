"""Point it at any page: which table on it is a leaderboard, what its columns mean, and how that would be declared. Pure."""

from __future__ import annotations

from tracker.authoring.candidates import candidates
from tracker.authoring.guess import guessed, propose
from tracker.authoring.proposal import SURE, Candidate, Guess, MetricGuess, Proposal

__all__ = ["SURE", "Candidate", "Guess", "MetricGuess", "Proposal", "candidates", "guessed", "propose"]
