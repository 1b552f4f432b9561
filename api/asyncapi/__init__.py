"""What is told to other programs, described as OpenAPI describes what they can ask."""
