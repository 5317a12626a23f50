"""This machine: its system files and system calls. Everything takes the root it looks below as an argument."""
