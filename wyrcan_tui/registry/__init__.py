"""Registries over the network: the OCI distribution protocol, and what some registries tell beyond it."""
