"""An entry of a layer, for comparison: two of them are never the same."""

from operator import attrgetter

facts = attrgetter("path", "directory", "kind", "metadata", "size", "link", "device", "xattrs")
"""All that an entry says."""
