"""What goes with a release: notices of what it stands on."""
