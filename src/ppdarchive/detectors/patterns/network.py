"""Addresses of machines in a network, and of their hardware."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final

from ppdarchive.detectors.patterns.needs import CODE, NETWORK, PARTED
from ppdarchive.detectors.patterns.rule import Range, Rule, only_if
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory

_IP: Final = TextCategory.IP
_VERSION: Final = re.compile(
    r"(?:version|ver|v|ios|android|windows|chrome|firefox|release|update|build|python|app)\.?\s?\Z"
)
_LONGEST_VERSION_WORD: Final = 10


def _is_ip6(match: re.Match[str]) -> bool:
    address = match["address"]
    try:
        IPv6Address(address)
    except AddressValueError:
        return False
    return address.count(":") == 7 or len(address) > 5


def _ip4(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep four numbers below 256 that are no version of a program."""
    if any(int(part) > 255 for part in match["address"].split(".")):
        return ()
    before = excerpt.text[max(match.start() - _LONGEST_VERSION_WORD, 0) : match.start()]
    return () if _VERSION.search(before) else (match.span(),)


NETWORK_RULES: Final = (
    Rule(
        name="ip4",
        category=_IP,
        law="O",
        need=PARTED,
        source=(
            r"(?<![0-9])(?<![0-9]\.)(?P<address>[0-9]{1,3}(?:\.[0-9]{1,3}){3})(?![0-9]|\.[0-9])"
            r"(?:[:/][0-9]{1,5}(?![0-9]))?"
        ),
        score=0.97,
        narrow=_ip4,
        finds=("it was <192.0.2.17> again", "from <203.0.113.181:8080>", "<198.51.100.0/24> is blocked"),
        leaves=("version 10.0.19.1", "1.2.3", "192.0.2.300", "1.2.3.4.5"),
    ),
    Rule(
        name="ip6",
        category=_IP,
        law="O",
        need=NETWORK,
        source=(
            r"(?<![\w:.])(?P<address>(?:[0-9a-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
            r"|[0-9a-f]{0,4}))(?![\w:])(?:%[a-z0-9]{1,12}|/[0-9]{1,3})?"
        ),
        score=0.97,
        narrow=only_if(_is_ip6),
        finds=(
            "it was <2001:db8::17> again",
            "<fe80::1ff:fe23:4567:890a%eth0>",
            "<::ffff:192.0.2.17>",
            "<2001:0db8:85a3:0000:0000:8a2e:0370:7334>",
        ),
        leaves=("at 10:30:00", "std::vector", "a:b:c", "::"),
    ),
    Rule(
        name="mac-address",
        category=TextCategory.ID,
        law="M",
        need=NETWORK,
        source=(
            r"(?<![\w:-])(?=[a-f:-]{0,14}[0-9])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])"
        ),
        score=0.97,
        finds=("the box is <00:00:5e:00:53:af>", "<00-1A-2B-3C-4D-5E>"),
        leaves=("10:30:00", "00:00:5e:00:53"),
    ),
    Rule(
        name="mac-dotted",
        category=TextCategory.ID,
        law="M",
        need=CODE,
        source=r"(?<![\w.])(?=[a-f.]{0,12}[0-9])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])",
        score=0.95,
        narrow=only_if(lambda match: re.search("[a-f]", match[0]) is not None),
        finds=("it is <001a.2b3c.4d5e> ok",),
        leaves=("1234.5678.9012", "1000.2000"),
    ),
)
