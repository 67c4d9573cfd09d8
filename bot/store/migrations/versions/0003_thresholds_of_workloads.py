"""Thresholds of a workload's own."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import DOCUMENT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("workload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("thresholds", DOCUMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("workload", schema=None) as batch_op:
        batch_op.drop_column("thresholds")
