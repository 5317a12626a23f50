"""Tests of the kernel's codecs and values."""
