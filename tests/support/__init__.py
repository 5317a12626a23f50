"""Real and small stand-ins for what a user has: images, a registry, a machine, a terminal."""
