"""What assistance will cost a school in a year, before the year is over."""
