"""How messages to runners are written, so that runners of an earlier release go on working."""

from pydantic import BaseModel


def for_runners(message: BaseModel) -> bytes:
    """What stands at its default is left out.

    A runner refuses fields that it does not know, and is right to: what is asked of it must not be overlooked. So it hears of what came after
    its own release only when that is asked for.
    """
    return message.model_dump_json(exclude_defaults=True).encode()
