import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.vault import CannotOpen, NoKeys, Vault, VaultError

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@given(st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_is_opened_unchanged(text: str) -> None:
    vault = Vault([NEW])
    assert vault.open(vault.seal(text)) == text


def test_a_sealed_secret_does_not_show_itself_and_never_looks_the_same_twice() -> None:
    vault = Vault([NEW])
    first, second = vault.seal("xoxb-secret"), vault.seal("xoxb-secret")
    assert "xoxb-secret" not in first
    assert first != second


def test_an_older_key_still_opens_what_it_sealed() -> None:
    sealed = Vault([OLD]).seal("secret")
    assert Vault([NEW, OLD]).open(sealed) == "secret"


def test_a_renewed_secret_needs_the_older_key_no_more() -> None:
    sealed = Vault([NEW, OLD]).renewed(Vault([OLD]).seal("secret"))
    assert Vault([NEW]).open(sealed) == "secret"
    with pytest.raises(CannotOpen):
        Vault([OLD]).open(sealed)


def test_new_secrets_are_sealed_with_the_newest_key() -> None:
    assert Vault([NEW]).open(Vault([NEW, OLD]).seal("secret")) == "secret"


@pytest.mark.parametrize("spoiled", ["", "nonsense", "gAAAAA==", "\x00é"])
def test_what_no_key_opens_is_refused_without_being_quoted(spoiled: str) -> None:
    with pytest.raises(CannotOpen) as refused:
        Vault([NEW]).open(spoiled)
    assert refused.value.__cause__ is None
    assert not spoiled or spoiled not in str(refused.value)


def test_a_vault_without_keys_neither_seals_nor_opens() -> None:
    empty = Vault()
    assert not empty.has_keys
    for attempt in (empty.seal, empty.open, empty.renewed):
        with pytest.raises(NoKeys, match="GPU_ADVISE_SECRET_KEYS"):
            attempt(Vault([NEW]).seal("secret"))


def test_every_trouble_of_a_vault_is_one_family() -> None:
    assert issubclass(NoKeys, VaultError)
    assert issubclass(CannotOpen, VaultError)


def test_a_vault_shows_no_key_when_it_is_logged() -> None:
    assert repr(Vault([NEW])) == "Vault(with keys)"
    assert repr(Vault()) == "Vault(without keys)"
