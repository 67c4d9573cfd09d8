"""Digests watch every workload but those that somebody left out.

Until now a workspace in which nobody tracked any workload had all of them watched: there, all are tracked from now on.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE workload SET is_tracked = true "
        "WHERE team_id NOT IN (SELECT tracking.team_id FROM workload AS tracking WHERE tracking.is_tracked)"
    )


def downgrade() -> None:
    """All tracked means the same before."""
