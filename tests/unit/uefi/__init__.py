"""Tests of the codecs of the UEFI specification."""
