"""From a school's allotment to what each person is given: the split, its notice, its submission."""
