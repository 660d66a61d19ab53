"""Scenarios over many futures: regret and satisficing."""
