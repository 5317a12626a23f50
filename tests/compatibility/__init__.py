"""What was made for Wyrcan 2.1.2 works here: see docs/compatibility.md."""
