"""Works out the least IAM policy with which a stack is planned, deployed and destroyed, from its synthesized JSON."""
