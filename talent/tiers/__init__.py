"""Tiers: titles in force, the tower they form, and rounds from application to recognition."""
