"""Tests of the values that flows are made of."""
