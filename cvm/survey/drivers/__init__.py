"""Drivers: what satisfaction hangs on, and what to improve first."""
