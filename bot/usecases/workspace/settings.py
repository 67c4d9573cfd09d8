"""The settings of a workspace: shown to everybody, changed by its administrators, and put back by them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.posts import Destination, Modal, Post
from bot.store import Scope, audit, outbox, workspaces
from bot.usecases.asking.advise import Asker
from bot.usecases.asking.reading import Subcommand
from bot.usecases.following import webhooks
from bot.usecases.origin import Origin
from bot.usecases.requests import Click, Submission
from bot.usecases.room import Room
from bot.usecases.words.problems import Problem, bad_request
from bot.usecases.workspace import auditing, home, workload_settings
from bot.usecases.workspace import preferences as preferring
from bot.usecases.workspace.people import known
from bot.usecases.workspace.permissions import Allowed, grounds, may
from bot.usecases.workspace.preferences import preferences
from bot.usecases.workspace.rights import refusal
from bot.usecases.workspace.setting_words import SECTIONS, SETTINGS, Settings, is_setting, read, spelled

__all__ = [
    "check",
    "check_webhook",
    "document",
    "form",
    "restore",
    "save",
    "save_webhook",
    "settings",
    "show_audit",
    "webhook_form",
]

_AUDIT = "audit"
_HINT = (
    "settings shows them all; settings KEY=VALUE changes one, such as settings guardrail=15%; "
    "settings WORKLOAD KEY=VALUE is about one workload, whose name is quoted where it has spaces"
)


class _Opened(Origin):
    """Where a form was opened, and what the settings were then."""

    version: str = ""
    sealed: str = ""


def settings(room: Room, asked: Subcommand, asker: Asker) -> None:
    """`settings` shows them, `settings audit` what was done lately, `settings KEY=VALUE…` changes some.

    `settings WORKLOAD` shows what one workload has of its own, `settings WORKLOAD KEY=VALUE…` changes that.
    """
    asked = replace(asked, words=_with_percent_signs(asked.words))
    if not asked.words:
        return _show(room, asker)
    if asked.words == (_AUDIT,):
        return _show_audit(room, asker.team_id, asker.user, asker.destination, asker.request_id)
    if _of_one_workload(room, asked, asker):
        return None
    pairs = [word.partition("=") for word in asked.words]
    if any(not equals for _, equals, _ in pairs):
        problem = Problem(f"{' '.join(asked.words)[:80]!r} is no setting with a value", _HINT)
        return _say(room, asker.team_id, asker.request_id, bad_request(asker.destination, asked.asked, problem))
    wanted = {key: value for key, _, value in pairs}
    return _change(room, asker.team_id, asker.user, asker.destination, asker.request_id, wanted, asked.asked)


def _with_percent_signs(words: Sequence[str]) -> tuple[str, ...]:
    """A percentage is shown as 15 %: written like that, its sign is a word of its own, which belongs to the number."""
    signs = (*words, "")[1:]
    return tuple(f"{word}%" if sign == "%" else word for word, sign in zip(words, signs, strict=False) if word != "%")


def _of_one_workload(room: Room, asked: Subcommand, asker: Asker) -> bool:
    """Answer what begins with a workload, or with a word that can only be meant as one; else False, without a word."""
    name, *rest = asked.words
    pairs = [word.partition("=") for word in rest]
    if any(not equals for _, equals, _ in pairs):
        return False
    wanted = {key: value for key, _, value in pairs}
    if not rest and workload_settings.show(room, asker, name):
        return True
    if rest and workload_settings.change_by_words(room, asker, name, wanted, asked.asked):
        return True
    if "=" in name or is_setting(name):
        return False
    workload_settings.unknown(room, asker, name)
    return True


def document(scope: Scope, *, is_administrator: bool, has_keys: bool) -> dict[str, Any]:
    """The data of the view `settings`."""
    now, shipped, kept = _standing(scope), Settings(), preferences(scope)
    rows = [
        {
            "section": setting.section,
            "key": setting.key,
            "label": setting.label,
            "value": setting.spelled(now),
            "shape": setting.kind.shape,
            "is_default": setting.value(now) == setting.value(shipped),
        }
        for setting in SETTINGS
    ]
    hook = {"url": kept.webhook_url, "has_secret": kept.webhook_secret is not None, "has_keys": has_keys}
    return {"sections": list(SECTIONS), "rows": rows, "webhook": hook, "is_administrator": is_administrator}


def form(room: Room, click: Click) -> Modal:
    """The form with every setting filled in; whoever may not change them is told who may."""
    refused = refusal(room, click.team_id, click.user_id, "settings", Destination())
    if refused is not None:
        return Modal("modal_refused", {"view": refused.view, "data": refused.data})
    with room.store.read(click.team_id) as scope:
        now = _standing(scope)
    metadata = _metadata(click, version=_version(now))
    boxes = [
        {
            "section": setting.section,
            "key": setting.key,
            "label": setting.label,
            "hint": setting.hint,
            "shape": setting.kind.shape,
            "options": [{"label": label, "value": word} for word, label in (setting.kind.options or {}).items()],
            "value": setting.spelled(now),
        }
        for setting in SETTINGS
    ]
    return Modal("modal_settings", {"metadata": metadata, "boxes": boxes, "sections": list(SECTIONS)})


def check(room: Room, submitted: Submission) -> Mapping[str, str]:
    """What is wrong with each box; one word about the first when the settings are not those that the form shows."""
    with room.store.read(submitted.team_id) as scope:
        now = _standing(scope)
    if _Opened.read(submitted.metadata).version != _version(now):
        return {SETTINGS[0].key: "Somebody changed the settings while this was open: close it and open it again."}
    _, wrong = read(now, _filled(submitted))
    return {key: f"{unreadable.problem.what}: {unreadable.problem.hint}" for key, unreadable in wrong.items()}


def save(room: Room, submitted: Submission, request_id: str) -> None:
    """Make the form's settings those of the workspace; where it was opened from the Home tab, draw that again."""
    opened = _Opened.read(submitted.metadata)
    to = opened.in_private(submitted.user_id)
    _change(room, submitted.team_id, submitted.user_id, to, request_id, _filled(submitted), "")
    if opened.channel_id is None:
        home.refresh(room, submitted.team_id, submitted.user_id)


def restore(room: Room, click: Click, request_id: str) -> None:
    """Put back what one change replaced, unless it was changed again since."""
    entry_id = int(click.value) if click.value.isascii() and click.value.isdigit() and len(click.value) < 19 else 0  # noqa: PLR2004 - what a database can hold
    refused = refusal(room, click.team_id, click.user_id, "settings", click.in_private)
    with room.store.write(click.team_id, settles=request_id) as scope:
        entry = audit.get(scope, entry_id)
        if refused is not None:
            outbox.put(scope, refused)
        elif entry is None or entry.action != "settings.change":
            outbox.put(scope, bad_request(click.in_private, "", Problem("that change is not in the audit log", _HINT)))
        elif spelled(_standing(scope), tuple(entry.detail["after"])) != entry.detail["after"]:
            problem = Problem("these settings were changed again since", "nothing was put back; look at them first")
            outbox.put(scope, bad_request(click.in_private, "", problem))
        else:
            _apply(room, scope, click.user_id, click.in_private, entry.detail["before"])


def show_audit(room: Room, click: Click, request_id: str) -> None:
    """What was done lately, for an administrator."""
    _show_audit(room, click.team_id, click.user_id, click.in_private, request_id)


def webhook_form(room: Room, click: Click) -> Modal:
    """The webhook's address, and a new secret that only this form ever shows; nothing changes until it is saved."""
    refused = refusal(room, click.team_id, click.user_id, "settings", Destination())
    if refused is not None:
        return Modal("modal_refused", {"view": refused.view, "data": refused.data})
    with room.store.read(click.team_id) as scope:
        kept = preferences(scope)
    secret, sealed = webhooks.new_secret(room.vault) if room.vault.has_keys else ("", "")
    data = {"url": kept.webhook_url, "secret": secret, "has_secret": kept.webhook_secret is not None}
    return Modal("modal_webhook", {**data, "metadata": _metadata(click, sealed=sealed)})


def check_webhook(room: Room, submitted: Submission) -> Mapping[str, str]:
    """What is wrong with the address."""
    url = submitted.first("url")
    is_local = room.is_local_webhook_allowed
    problem = None if url is None else webhooks.refused(url.strip(), room.vault, is_local_allowed=is_local)
    return {} if problem is None else {"url": problem}


def save_webhook(room: Room, submitted: Submission, request_id: str) -> None:
    """Keep the address; the secret that the form showed where that was asked for, or where there was none."""
    opened, url = _Opened.read(submitted.metadata), (submitted.first("url") or "").strip() or None
    to = opened.in_private(submitted.user_id)
    refused = refusal(room, submitted.team_id, submitted.user_id, "settings", to)
    with room.store.write(submitted.team_id, settles=request_id) as scope:
        if refused is not None:
            outbox.put(scope, refused)
            return
        kept = preferences(scope)
        is_new = url is not None and (kept.webhook_secret is None or submitted.first("secret") == "new")
        secret = None if url is None else opened.sealed if is_new else kept.webhook_secret
        preferring.change(scope, replace(kept, webhook_url=url, webhook_secret=secret))
        detail = {"before": kept.webhook_url, "after": url, "is_new_secret": is_new}
        audit.record(scope, room.clock(), submitted.user_id, "webhook.change", "webhook", **detail)
        outbox.put(scope, Post(to, "webhook_changed", {"url": url, "is_new_secret": is_new}))


def _show(room: Room, asker: Asker) -> None:
    person = known(room.people, asker.team_id, asker.user) if asker.user else None
    with room.store.write(asker.team_id, settles=asker.request_id) as scope:
        is_administrator = person is not None and isinstance(may("settings", person, grounds(room, scope)), Allowed)
        data = document(scope, is_administrator=is_administrator, has_keys=room.vault.has_keys)
        outbox.put(scope, Post(asker.destination, "settings", data))


def _show_audit(room: Room, team_id: str, user_id: str | None, to: Destination, request_id: str | None) -> None:
    refused = refusal(room, team_id, user_id, "settings", to)
    with room.store.write(team_id, settles=request_id) as scope:
        outbox.put(scope, refused or Post(to, "audit_log", auditing.as_document(scope)))


def _change(
    room: Room,
    team_id: str,
    user_id: str | None,
    to: Destination,
    request_id: str | None,
    wanted: Mapping[str, str],
    asked: str,
) -> None:
    refused = refusal(room, team_id, user_id, "settings", to)
    with room.store.write(team_id, settles=request_id) as scope:
        _, wrong = read(_standing(scope), wanted)
        if refused is not None:
            outbox.put(scope, refused)
        elif wrong:
            outbox.put(scope, bad_request(to, asked, *(unreadable.problem for unreadable in wrong.values())))
        else:
            _apply(room, scope, user_id, to, wanted)


def _apply(room: Room, scope: Scope, user_id: str | None, to: Destination, wanted: Mapping[str, str]) -> None:
    """One write, recorded from what to what, and said with a way back."""
    before = _standing(scope, is_locked=True)
    after, _ = read(before, wanted)
    old, new = spelled(before), spelled(after)
    keys = [key for key in old if old[key] != new[key]]
    entry_id = None
    if keys:
        workspaces.save_policy(scope, after.policy)
        preferring.change(scope, after.preferences)
        detail = {"before": {key: old[key] for key in keys}, "after": {key: new[key] for key in keys}}
        entry_id = audit.record(scope, room.clock(), user_id, "settings.change", "settings", **detail)
    changes = [{"key": key, "before": old[key], "after": new[key]} for key in keys]
    outbox.put(scope, Post(to, "settings_changed", {"changes": changes, "entry_id": entry_id}))


def _standing(scope: Scope, *, is_locked: bool = False) -> Settings:
    if is_locked:
        workspaces.change_settings(scope, {})  # two changes at once take turns, so that none is lost
    return Settings(workspaces.policy(scope), preferences(scope))


def _filled(submitted: Submission) -> dict[str, str]:
    return {setting.key: ", ".join(submitted.values.get(setting.key, ())) for setting in SETTINGS}


def _version(settings: Settings) -> str:
    return hashlib.sha256(json.dumps(spelled(settings)).encode()).hexdigest()[:16]


def _metadata(click: Click, **details: str) -> str:
    opened = _Opened(channel_id=click.channel_id, response_url=click.response_url, **details)
    return opened.model_dump_json(exclude_defaults=True)


def _say(room: Room, team_id: str, request_id: str | None, post: Post) -> None:
    with room.store.write(team_id, settles=request_id) as scope:
        outbox.put(scope, post)
