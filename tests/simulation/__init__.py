"""Deterministic simulation: network, disk, clock, channels and crashes from one seed, in one process.

Source: docs/decisions/0058-simulation.md
"""
