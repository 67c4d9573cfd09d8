"""Secrets at rest: sealed with the newest key of GPU_ADVISE_SECRET_KEYS, opened with any of them."""

from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

__all__ = ["CannotOpen", "NoKeys", "Vault", "VaultError", "new_key"]


class VaultError(Exception):
    """What a vault cannot do.

    VaultError
     ├── NoKeys
     └── CannotOpen
    """


class NoKeys(VaultError):
    """GPU_ADVISE_SECRET_KEYS is empty, and a secret is never written down in the clear."""

    def __init__(self) -> None:
        super().__init__("GPU_ADVISE_SECRET_KEYS is not set")


class CannotOpen(VaultError):
    """None of the keys opens it: it was changed, or its key was taken away before `renewed` replaced it."""

    def __init__(self) -> None:
        super().__init__("none of GPU_ADVISE_SECRET_KEYS opens this secret")


def new_key() -> str:
    """A key for GPU_ADVISE_SECRET_KEYS."""
    return Fernet.generate_key().decode("ascii")


class Vault:
    """Seals and opens texts with Fernet. `keys` newest first; a key is retired once everything was `renewed`."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        known = [Fernet(key) for key in keys]
        self._fernet = MultiFernet(known) if known else None

    def __repr__(self) -> str:
        return f"Vault({'with' if self.has_keys else 'without'} keys)"

    @property
    def has_keys(self) -> bool:
        """Whether anything can be sealed at all."""
        return self._fernet is not None

    def seal(self, text: str) -> str:
        """`text`, so that only `open` reads it.

        Raises:
            NoKeys: there are no keys.
        """
        return self._keyed().encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text that was sealed.

        Raises:
            NoKeys: there are no keys.
            CannotOpen: none of them opens it.
        """
        keyed = self._keyed()
        try:
            return keyed.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise CannotOpen from None

    def renewed(self, sealed: str) -> str:
        """The same secret under the newest key.

        Raises:
            NoKeys: there are no keys.
            CannotOpen: none of them opens it.
        """
        return self.seal(self.open(sealed))

    def _keyed(self) -> MultiFernet:
        if self._fernet is None:
            raise NoKeys
        return self._fernet
