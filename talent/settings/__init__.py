"""The bureau's own policy values: proposed by one person, in force once a second one approves."""
