"""Codecs and values of the Linux kernel: command lines, cpio records, kernel files, configurations, versions."""
