"""Tests of the registry client: that it gets images out of real servers, and nothing but words out of bad ones."""
