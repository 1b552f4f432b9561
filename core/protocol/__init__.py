"""What the control plane and runners say to each other."""
