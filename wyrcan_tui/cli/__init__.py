"""The ``wyrcan`` command: every flow without a screen."""
