"""What each command does: read the words, call a flow, print what comes of it.

A module for each, as what one imports takes half of the time in which another is done.
"""
