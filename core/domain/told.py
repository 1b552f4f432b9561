"""A sentence for people that remembers what it was made of, so that it can be said in another language."""

from typing import Any, Self


class Sentences(tuple[str, ...]):
    """Several, one after the other."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format(" ".join(self), spec)


class Told(str):
    """The English sentence itself; ``template`` is what is looked up elsewhere, ``values`` go into either."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> Self:
        """``template``: as for ``str.format``, with the values' names."""
        told = super().__new__(cls, template.format_map(values))
        told.template, told.values = template, values
        return told
