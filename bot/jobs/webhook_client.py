"""Sending to an address that somebody typed, without letting it lead anywhere inside our own network.

The host is resolved here, every address is judged, and the connection goes to the very address that was judged, under
the host's name (Host, SNI, certificate): resolving it a second time could lead elsewhere. No redirect is followed, no
proxy of the environment is used, and no more of the answer is read than its status.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx

__all__ = ["Address", "Network", "NotAllowed", "Unreachable", "WebhookClient", "resolve"]

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[Address]]]

_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_UNICAST = ip_network("2000::/3")  # RFC 4291: what is routed between networks; the rest is local, retired or IPv4's
_NOWHERE = (ip_network("3fff::/20"), ip_network("192.88.99.0/24"))  # RFC 9637, examples; RFC 7526, retired relays
_LONGEST_BODY = 256 * 1024


class NotAllowed(Exception):
    """The address must not be sent to; trying again would change nothing."""


class Unreachable(Exception):
    """No answer came; the receiver may have got it all the same."""


async def resolve(host: str, port: int) -> Sequence[Address]:
    """Every address of `host`, in the order of preference.

    Raises:
        OSError: there is none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class WebhookClient:
    """Posts to public https addresses, and to those in `networks` (http too where these are of this very machine)."""

    networks: tuple[Network, ...] = ()
    timeout_seconds: float = 10.0
    resolve: Resolve = resolve

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post `body`; the status of the answer.

        Raises:
            NotAllowed: the address is not public, or the body is too long.
            Unreachable: no answer came.
        """
        if len(body) > _LONGEST_BODY:
            raise NotAllowed(f"the body is longer than {_LONGEST_BODY} bytes")
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await self._post(url, body, headers)
        except TimeoutError:
            raise Unreachable(f"no answer in {self.timeout_seconds:g} s") from None
        except (httpx.HTTPError, OSError) as problem:
            raise Unreachable(f"{type(problem).__name__}: {problem}"[:200]) from None

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        parts = _split(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._allowed(parts.scheme, await self.resolve(parts.hostname, port))
        at = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6
        target = f"{parts.scheme}://{at}:{port}{parts.path}"
        named = {**headers, "Host": parts.host, "Content-Type": "application/json", "Accept-Encoding": "identity"}
        async with (
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=self.timeout_seconds) as client,
            client.stream(
                "POST", target, content=body, headers=named, extensions={"sni_hostname": parts.hostname}
            ) as answer,
        ):
            return answer.status_code

    def _allowed(self, scheme: str, addresses: Sequence[Address]) -> Address:
        """The first address that may be sent to; one that may not spoils all, as the next look-up might prefer it."""
        for address in addresses:
            is_named = any(address in network for network in self.networks)
            if not is_named and not is_public(address):
                raise NotAllowed(f"{address} is not a public address (GPU_ADVISE_WEBHOOK_NETWORKS can allow it)")
            if scheme == "http" and not (is_named and address.is_loopback):
                raise NotAllowed("only https is sent to")
        if not addresses:
            raise Unreachable("the host has no address")
        return addresses[0]


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    hostname: str
    host: str
    port: int | None
    path: str


def _split(url: str) -> _Parts:
    try:
        parts = urlsplit(url)
        port, name = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError:  # also of a name that no name server could know
        raise NotAllowed("this is no address") from None
    if parts.scheme not in {"https", "http"} or not name or parts.username is not None:
        raise NotAllowed("only https addresses without a user name are sent to")
    query = f"?{parts.query}" if parts.query else ""
    host = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
    return _Parts(parts.scheme, name, host, port, f"{parts.path or '/'}{query}")


def is_public(address: Address) -> bool:
    """Whether it is reachable from everywhere, and so is the IPv4 address inside it, where one is."""
    inner = _embedded(address)
    is_routed = isinstance(address, IPv4Address) or address in _UNICAST or inner is not None
    is_somewhere = address.is_global and not any(address in network for network in _NOWHERE)
    return is_routed and is_somewhere and not address.is_multicast and (inner is None or is_public(inner))


def _embedded(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
