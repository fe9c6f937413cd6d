"""A developer's calls in numbers: charts, tables, and files to take away."""
