"""The providers that tests run Terraform with; light, because the stand-in starts through it."""
