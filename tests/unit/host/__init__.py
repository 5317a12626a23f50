"""Tests of the system files and calls, on a machine in a folder."""
