"""The first tables."""

import sqlalchemy as sa
from alembic import op

from bot.store.columns import BIG_INTEGER, DOCUMENT, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "advice",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("request", DOCUMENT, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("catalog_version", sa.String(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("history_digest", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice")),
    )
    with op.batch_alter_table("advice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_advice_team_id_state"), ["team_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_advice_team_id_workload_created_at"), ["team_id", "workload", "created_at"], unique=False
        )

    op.create_table(
        "catalog",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("offer_count", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "version", name=op.f("pk_catalog")),
    )
    op.create_table(
        "inbox",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("team_id", "dedupe_key", name=op.f("uq_inbox_team_id_dedupe_key")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "model",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("fitted_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "version", name=op.f("pk_model")),
    )
    op.create_table(
        "observations",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("history_digest", sa.String(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("saved_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "workload", name=op.f("pk_observations")),
    )
    op.create_table(
        "outbox",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("position", BIG_INTEGER, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("destination", DOCUMENT, nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("advice_id", sa.String(), nullable=True),
        sa.Column("updates_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("sent_channel", sa.String(), nullable=True),
        sa.Column("sent_ts", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_advice_id"), ["advice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_lane_state_position"), ["lane", "state", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "run",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", BIG_INTEGER, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("workload", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=False),
        sa.Column("units", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("accelerator", sa.String(), nullable=False),
        sa.Column("accelerator_count", sa.Integer(), nullable=False),
        sa.Column("node_count", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("instance_type", sa.String(), nullable=True),
        sa.Column("pricing_category", sa.String(), nullable=True),
        sa.Column("precision", sa.String(), nullable=True),
        sa.Column("batch_size", sa.Float(), nullable=True),
        sa.Column("tensor_active", sa.Float(), nullable=True),
        sa.Column("sm_active", sa.Float(), nullable=True),
        sa.Column("dram_active", sa.Float(), nullable=True),
        sa.Column("memory_used_gib", sa.Float(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("team_id", "source", "run_id", name=op.f("uq_run_team_id_source_run_id")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_run_team_id_workload_started"), ["team_id", "workload", "started"], unique=False
        )

    op.create_table(
        "subscription",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("weekdays", DOCUMENT, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("served_until", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("team_id", "channel", name=op.f("uq_subscription_team_id_channel")),
    )
    op.create_table(
        "workload",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("run_count", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Float(), nullable=True),
        sa.Column("last_run", sa.Float(), nullable=True),
        sa.Column("asks", DOCUMENT, nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("is_tracked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "name", name=op.f("pk_workload")),
    )
    op.create_table(
        "workspace",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "decision",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("advice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["advice_id"], ["advice.id"], name=op.f("fk_decision_advice_id_advice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("advice_id", name=op.f("uq_decision_advice_id")),
    )
    op.create_table(
        "period",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("is_skipped", sa.Boolean(), nullable=False),
        sa.Column("claimed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_period_subscription_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscription_id", "key", name=op.f("pk_period")),
    )


def downgrade() -> None:
    op.drop_table("period")
    op.drop_table("decision")
    op.drop_table("workspace")
    op.drop_table("workload")
    op.drop_table("subscription")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_team_id_workload_started"))

    op.drop_table("run")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_lane_state_position"))
        batch_op.drop_index(batch_op.f("ix_outbox_advice_id"))

    op.drop_table("outbox")
    op.drop_table("observations")
    op.drop_table("model")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_state_due_at"))

    op.drop_table("inbox")
    op.drop_table("catalog")
    with op.batch_alter_table("advice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_advice_team_id_workload_created_at"))
        batch_op.drop_index(batch_op.f("ix_advice_team_id_state"))

    op.drop_table("advice")
