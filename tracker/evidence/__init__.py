"""Bundles with which anyone can check a headline without this program."""
