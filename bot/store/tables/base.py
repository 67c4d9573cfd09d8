"""What every table is made from, and whose rows are whose."""

from typing import ClassVar

from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel

__all__ = ["EVERY_TEAM", "METADATA", "Scoped", "Shared", "Table"]

EVERY_TEAM = "*"
"""The `team_id` of a `Shared` row that every workspace may read."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel):
    """Ancestor of every table; keeps them in the project's own metadata."""

    metadata: ClassVar[MetaData] = METADATA


class Scoped(Table):
    """Rows of one workspace. Left empty on insert, `team_id` becomes the scope's."""

    team_id: str = Field(default="", max_length=64)


class Shared(Table):
    """Rows of one workspace, or of all when `team_id` is EVERY_TEAM."""

    team_id: str = Field(default="", max_length=64)
