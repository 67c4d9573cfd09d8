"""Every table. A class that inherits `Scoped` belongs to one workspace, and the scope filters it by `team_id`."""

from bot.store.tables.advising import AdviceRow, ApprovalRow, DecisionRow, ExclusionRow, ReceiptRow, TrialRow
from bot.store.tables.base import EVERY_TEAM, METADATA, Scoped, Shared
from bot.store.tables.knowledge import CatalogRow, FleetRow, ModelRow, ObservationsRow, RunRow, WorkloadRow
from bot.store.tables.talking import (
    ChartRow,
    InboxRow,
    OutboxRow,
    PeriodRow,
    SaidFindingRow,
    SubscriptionRow,
    WebhookRow,
)
from bot.store.tables.workspaces import AuditRow, InstallationRow, OAuthStateRow, WorkspaceRow

__all__ = [
    "EVERY_TEAM",
    "METADATA",
    "AdviceRow",
    "ApprovalRow",
    "AuditRow",
    "CatalogRow",
    "ChartRow",
    "DecisionRow",
    "ExclusionRow",
    "FleetRow",
    "InboxRow",
    "InstallationRow",
    "ModelRow",
    "OAuthStateRow",
    "ObservationsRow",
    "OutboxRow",
    "PeriodRow",
    "ReceiptRow",
    "RunRow",
    "SaidFindingRow",
    "Scoped",
    "Shared",
    "SubscriptionRow",
    "TrialRow",
    "WebhookRow",
    "WorkloadRow",
    "WorkspaceRow",
]
