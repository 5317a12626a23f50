"""Tests of single parts, in the folders of what they test."""
