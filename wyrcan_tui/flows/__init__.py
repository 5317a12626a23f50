"""What a person can do with Wyrcan, without any screen: browse, check, choose, boot."""
