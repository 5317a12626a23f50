"""The engine: the blobs of an image go in, a kernel and an initrd come out, in one pass and verified."""
