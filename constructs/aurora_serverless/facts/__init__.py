"""What AWS may change, as data: each row of the files here says its source, its date and how certain it is."""
