"""The benchmark of the engine, which turns an image into a kernel and an initrd. bench/run is its command."""
