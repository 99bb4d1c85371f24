"""AWS on this machine: moto's server, patched where Terraform would notice that it is not AWS."""
