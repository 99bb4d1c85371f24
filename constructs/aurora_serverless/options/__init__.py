"""The sections of an environment file, one a module, in the order in which the file has them."""
