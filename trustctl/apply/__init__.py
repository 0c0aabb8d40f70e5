"""Apply a reviewed plan under the law of a safe change."""
