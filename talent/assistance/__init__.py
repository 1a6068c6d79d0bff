"""帮扶支教: who was sent from which school to whom, and when."""
