"""What keeps a user's bytes from everything but the engine: from outside, how an engine's process is started; ``inside/``, how it locks itself."""
