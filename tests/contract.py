"""What other people's scripts rely on."""

ADVICE_KEYS = {
    "workload",
    "unit",
    "stage",
    "kind",
    "recommended",
    "current",
    "objectives",
    "flatness",
    "break_even_usd_per_hour",
    "next_trial",
    "certificate",
    "catalog_version",
    "model_version",
    "history_digest",
    "undetermined",
    "warnings",
    "predictions",
}
