"""What all payloads are made of: typed fields, and nothing else."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.usecases.requests import Id

__all__ = ["LONGEST_TEXT", "Organisation", "Part", "Text", "object_only", "text_only", "texts_only"]

LONGEST_TEXT = 4000
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


def text_only(value: Any) -> Any:
    """A text, or nothing."""
    return value if isinstance(value, str) else None


def object_only(value: Any) -> Any:
    """An object, or nothing."""
    return value if isinstance(value, Mapping) else None


def texts_only(value: Any) -> Any:
    """The texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _id_only(value: Any) -> Any:
    """Slack leaves the organisation of a workspace that has none empty, or out."""
    return value if isinstance(value, str) and value else None


class Part(BaseModel):
    """Fields of these types; every other field of the payload is left behind."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


Organisation = Annotated[Id | None, BeforeValidator(_id_only)]
