"""Accounts: who signs in, which roles they hold from when, and how a session begins and ends."""
