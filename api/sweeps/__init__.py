"""One submission over platforms, engines and option sets."""
