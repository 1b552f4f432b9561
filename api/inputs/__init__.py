"""Input data: arrays that models are run with."""
