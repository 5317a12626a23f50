"""The tests: checks, servers, unit, flows, tui and vm, and what they share in support."""
