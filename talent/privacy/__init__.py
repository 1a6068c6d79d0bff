"""Personal information: what is held, why, for how long, who reads it; and what a person may ask for."""
