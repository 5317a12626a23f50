"""The menu: screens over the flows, for the machine's own screen and for every serial console."""
