"""Tests of the servers that other tests need: that they are as strict as those out there."""
