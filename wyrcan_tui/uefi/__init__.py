"""Codecs and values of the UEFI specification."""
