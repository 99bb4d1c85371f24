"""AWS's Price List, by its API and by its files."""
