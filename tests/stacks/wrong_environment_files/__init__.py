"""Wrong environment files by name, a module a subject; each is run through the real program."""
