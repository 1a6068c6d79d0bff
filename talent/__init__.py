"""Teacher-development records and portraits for a district education bureau."""
