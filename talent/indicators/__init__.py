"""National indicators of balanced compulsory education, enrolment, facilities and staffing quotas."""
