"""Tests of the engine, from single headers to whole images."""
