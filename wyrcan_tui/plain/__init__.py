"""The menu line by line: for terminals that only print, slow lines, scripts and screen readers."""
