"""Codecs and values of the OCI specifications: references, digests, descriptors, manifests."""
