"""Contest results, research and teaching achievements, and mentoring."""
