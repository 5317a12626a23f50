"""Tests of the menu, at 80 columns and 24 lines as on the smallest console."""
