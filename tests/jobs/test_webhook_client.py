"""Where the webhook may lead: the address that was judged is the address that is connected to."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import httpx
import pytest
import respx

from bot.jobs.webhook_client import Address, NotAllowed, Resolve, Unreachable, WebhookClient, is_public
from tests.jobs.receivers import receiver

PUBLIC = "93.184.215.14"
URL = "https://hooks.example.com/gpu-advise?team=1"
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def resolving(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address(address) for address in addresses]

    return resolve


def client(*addresses: str, **changes: object) -> WebhookClient:
    return WebhookClient(resolve=resolving(*(addresses or (PUBLIC,))), **changes)  # type: ignore[arg-type]


@respx.mock
async def test_the_connection_goes_to_the_address_that_was_judged_under_the_host_s_name() -> None:
    route = respx.post(f"https://{PUBLIC}:443/gpu-advise").respond(200)
    assert await client().post(URL, b"{}", {"X-Gpu-Advise-Id": "1"}) == 200
    request = route.calls.last.request
    assert str(request.url) == f"https://{PUBLIC}/gpu-advise?team=1"
    assert request.headers["Host"] == "hooks.example.com"
    assert request.extensions["sni_hostname"] == "hooks.example.com"
    assert request.headers["X-Gpu-Advise-Id"] == "1"
    assert request.headers["Content-Type"] == "application/json"
    assert request.content == b"{}"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - judged, not listened on
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "ff02::1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::a00:1",
        "fec0::1",
        "5f00::1",
        "3fff::1",
        "192.88.99.1",
    ],
)
async def test_nothing_is_sent_inside_our_own_network(address: str) -> None:
    assert not is_public(ip_address(address))
    with respx.mock(assert_all_called=False) as router, pytest.raises(NotAllowed, match="not a public address"):
        await client(address).post(URL, b"{}", {})
    assert not router.calls


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


async def test_one_private_address_among_several_spoils_all() -> None:
    with pytest.raises(NotAllowed):
        await client(PUBLIC, "10.0.0.1").post(URL, b"{}", {})


async def test_a_host_without_an_address_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="no address"):
        await WebhookClient(resolve=resolving()).post(URL, b"{}", {})


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "https://user:word@hooks.example.com/",
        "https:///nowhere",
        "https://hooks.example.com:99999/",
        "//hooks.example.com",
        "https://[::1/",
    ],
)
async def test_only_https_is_sent_to(url: str) -> None:
    with pytest.raises(NotAllowed):
        await client().post(url, b"{}", {})


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "\ud800.example"])
async def test_a_host_that_no_name_server_could_know_is_refused_for_good(host: str) -> None:
    with pytest.raises(NotAllowed, match="no address"):
        await WebhookClient().post(f"https://{host}/", b"{}", {})


@respx.mock
async def test_a_name_of_another_alphabet_is_sent_as_name_servers_know_it() -> None:
    route = respx.post(f"https://{PUBLIC}:8443/").respond(200)
    assert await client().post("https://b\u00fccher.example:8443", b"{}", {}) == 200
    assert route.calls.last.request.headers["Host"] == "xn--bcher-kva.example:8443"


@respx.mock
async def test_a_redirect_is_not_followed() -> None:
    respx.post(f"https://{PUBLIC}/gpu-advise").respond(302, headers={"Location": "http://127.0.0.1/"})
    assert await client().post(URL, b"{}", {}) == 302
    assert len(respx.calls) == 1


@respx.mock
async def test_a_broken_connection_is_unreachable() -> None:
    respx.post(f"https://{PUBLIC}/gpu-advise").mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(Unreachable, match="ConnectError"):
        await client().post(URL, b"{}", {})


async def test_a_slow_resolver_ends_in_time() -> None:
    async def slow(_host: str, _port: int) -> Sequence[Address]:
        await asyncio.sleep(60)
        return []

    with pytest.raises(Unreachable, match="no answer"):
        await WebhookClient(resolve=slow, timeout_seconds=0.05).post(URL, b"{}", {})


async def test_a_body_without_end_is_not_sent() -> None:
    with pytest.raises(NotAllowed, match="longer"):
        await client().post(URL, b"x" * 300_000, {})


async def test_a_real_server_on_this_machine_is_sent_to_where_the_setting_allows_it() -> None:
    with receiver() as (url, server):
        mine = WebhookClient(LOOPBACK, resolve=resolving("127.0.0.1"))
        assert await mine.post(url, b'{"a": 1}', {"X-Gpu-Advise-Id": "7"}) == 202
        with pytest.raises(NotAllowed):
            await client("127.0.0.1").post(url, b"{}", {})
    ((path, headers, body),) = server.got
    assert (path, body) == ("/hook?a=b", b'{"a": 1}')
    assert headers["Host"] == url.split("/")[2]


async def test_plain_http_to_another_machine_is_refused_even_where_its_network_is_allowed() -> None:
    allowed = client("10.0.0.1", networks=(ip_network("10.0.0.0/8"),))
    with pytest.raises(NotAllowed, match="only https"):
        await allowed.post("http://inside.example.com/", b"{}", {})
