"""What a deployment costs a month, from its synthesized JSON: at least, as a rule, and at most."""
