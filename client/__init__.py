"""Python SDK and the user's sub-commands; they speak HTTP only."""
