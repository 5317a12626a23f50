"""The tests: checks, unit, flows, tui and vm, and what they share in support."""
