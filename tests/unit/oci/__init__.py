"""Tests of the values of the OCI specifications."""
