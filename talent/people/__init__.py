"""Schools, teachers, dated employment and 职称, absences, appraisals, conduct, exchanges, and what was collected."""
