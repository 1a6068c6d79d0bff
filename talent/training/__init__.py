"""Training: plans, courses and sessions, and the hours they leave behind."""
