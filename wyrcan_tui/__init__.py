"""Boot any machine straight into a container image."""

__version__ = "0.1.0"
