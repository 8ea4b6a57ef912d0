"""Factories call actions with a past ``now``, as the demonstration data does."""
