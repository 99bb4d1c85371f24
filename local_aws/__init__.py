"""AWS on this machine: moto's server, mended where Terraform would notice that it is not AWS."""
