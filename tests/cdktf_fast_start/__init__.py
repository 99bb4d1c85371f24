"""Loading lazily: that it changes nothing but the time taken, and stands aside where it does not know its way."""
