"""Tells from the synthesized JSON what a deploy makes, costs and changes; asks no AWS, and knows no command line."""
