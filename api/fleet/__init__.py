"""The runners, and the engines that they offer."""
