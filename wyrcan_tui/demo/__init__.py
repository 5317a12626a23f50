"""A machine and registries that do not exist, to try the menu on: nothing is started, and nothing is left behind."""
