"""Tests of plain mode, on a terminal of which nothing is asked but to print."""
