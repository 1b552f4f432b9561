"""The one refusal of questions to a profile."""


class QueryRefused(ValueError):  # noqa: N818 - named after the fact
    """The question cannot be asked like that; the message says what is possible."""
