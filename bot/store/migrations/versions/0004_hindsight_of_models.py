"""How well each model would have predicted what was known when it was fitted."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import DOCUMENT

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("model", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hindsight", DOCUMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("model", schema=None) as batch_op:
        batch_op.drop_column("hindsight")
