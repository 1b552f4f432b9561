"""Example models that whoever runs the server laid ready, with matching inputs: for a first run at one click."""
