"""Decisions with reasons, trials, receipts, installations."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy import RowMapping

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", BIG_INTEGER, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_team_id_at"), ["team_id", "at"], unique=False)

    op.create_table(
        "chart",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("advice_id", sa.String(), nullable=False),
        sa.Column("frontier", DOCUMENT, nullable=False),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("uploaded_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("advice_id", name=op.f("pk_chart")),
    )
    op.create_table(
        "exclusion",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("excluded", DOCUMENT, nullable=False),
        sa.Column("advice_id", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    with op.batch_alter_table("exclusion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exclusion_team_id_workload"), ["team_id", "workload"], unique=False)

    op.create_table(
        "fleet",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_fleet")),
    )
    op.create_table(
        "installation",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("enterprise_id", sa.String(), nullable=True),
        sa.Column("is_org_wide", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("app_id", sa.String(), nullable=True),
        sa.Column("bot_user_id", sa.String(), nullable=True),
        sa.Column("bot_token", sa.String(), nullable=False),
        sa.Column("scopes", DOCUMENT, nullable=False),
        sa.Column("installed_by", sa.String(), nullable=True),
        sa.Column("installed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_installation")),
    )
    op.create_table(
        "oauth_state",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_oauth_state")),
    )
    op.create_table(
        "webhook",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "approval",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("advice_id", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", UtcTime(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("configuration", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_approval_advice_id_advice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("advice_id", "given_by", name=op.f("uq_approval_advice_id_given_by")),
    )
    op.create_table(
        "receipt",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("advice_id", sa.String(), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=True),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_receipt_advice_id_advice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("advice_id", "key", name=op.f("uq_receipt_advice_id_key")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "said_finding",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("said_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_said_finding_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "workload", "kind", name=op.f("pk_said_finding")),
    )
    op.create_table(
        "trial",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("advice_id", sa.String(), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("configuration", DOCUMENT, nullable=False),
        sa.Column("predicted", DOCUMENT, nullable=False),
        sa.Column("measured", DOCUMENT, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("runner", sa.String(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_trial_advice_id_advice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
    )
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trial_team_id_workload_state"), ["team_id", "workload", "state"], unique=False
        )

    with op.batch_alter_table("workload", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage_seen", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("kind_seen", sa.String(), nullable=True))

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("configuration", DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column("forecast", DOCUMENT, nullable=True))

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("enterprise_id", sa.String(), nullable=True))

    periods = op.get_bind().execute(sa.text("SELECT * FROM period")).mappings().all()
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column("filters", DOCUMENT, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("leased_until", UtcTime(), nullable=True))
    with op.batch_alter_table("subscription", schema=None) as batch_op:  # the defaults were for rows that there are
        for name in ("name", "filters", "is_paused"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_constraint(batch_op.f("uq_subscription_team_id_channel"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_subscription_team_id_channel_name"), ["team_id", "channel", "name"]
        )
    _put_back(periods)


def downgrade() -> None:
    periods = op.get_bind().execute(sa.text("SELECT * FROM period")).mappings().all()
    op.execute("DELETE FROM subscription WHERE name <> ''")  # a channel has one again
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_subscription_team_id_channel_name"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_subscription_team_id_channel"), ["team_id", "channel"])
        batch_op.drop_column("leased_until")
        batch_op.drop_column("is_paused")
        batch_op.drop_column("filters")
        batch_op.drop_column("name")
    _put_back(periods)

    with op.batch_alter_table("workspace", schema=None) as batch_op:
        batch_op.drop_column("enterprise_id")

    with op.batch_alter_table("workload", schema=None) as batch_op:
        batch_op.drop_column("kind_seen")
        batch_op.drop_column("stage_seen")

    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_column("forecast")
        batch_op.drop_column("configuration")
        batch_op.drop_column("reason")

    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trial_team_id_workload_state"))

    op.drop_table("trial")
    op.drop_table("said_finding")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_state_due_at"))

    op.drop_table("receipt")
    op.drop_table("approval")
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_state_due_at"))

    op.drop_table("webhook")
    op.drop_table("oauth_state")
    op.drop_table("fleet")
    op.drop_table("installation")
    with op.batch_alter_table("exclusion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exclusion_team_id_workload"))

    op.drop_table("exclusion")
    op.drop_table("chart")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_team_id_at"))

    op.drop_table("audit")


def _put_back(periods: Sequence[RowMapping]) -> None:
    """SQLite changes a table by dropping the old one, which takes along the rows that refer to it."""
    bind = op.get_bind()
    known = set(bind.execute(sa.text("SELECT id FROM subscription")).scalars())
    rows = [dict(row) for row in periods if row["subscription_id"] in known]
    if bind.dialect.name == "sqlite" and rows:
        period = sa.table("period", *(sa.column(name) for name in rows[0]))
        bind.execute(sa.delete(period))
        bind.execute(sa.insert(period), rows)
