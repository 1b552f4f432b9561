"""The one refusal of raw profiles."""


class RawProfileMalformed(ValueError):  # noqa: N818 - named after the fact
    """The bytes are not a profile that MegEngine's GraphProfiler wrote; the message says what is amiss."""
