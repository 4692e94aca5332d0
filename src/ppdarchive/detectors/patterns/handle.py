"""Names under which people are found: handles, and what they say they are called on a platform."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.contact import before_sentence
from ppdarchive.detectors.patterns.cues import PLATFORMS
from ppdarchive.detectors.patterns.needs import AT, MESSAGE, ON_PLATFORM, PLATFORM
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Range, Rule, one_of, only_if, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory, Tier

_CONTACT: Final = TextCategory.CONTACT
_NO_HANDLE: Final = words("""
    home work night noon lunch school first least once all times the a an my her his that this va bedtime
    midnight dinner church daycare hospital clinic me us them naptime nap 1st 2nd 3rd
    """)
_TIME: Final = re.compile(r"[0-9]{1,4}(?:am|pm|a|p|ish|h|hrs?)?")


def _handle(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a handle unless it is an hour or a place."""
    word = match[1]
    if len(word) < 2 or word in _NO_HANDLE or _TIME.fullmatch(word):
        return ()
    return ((match.start(), before_sentence(excerpt, *match.span(1))),)


_ON: Final = one_of(PLATFORMS)
_NICK: Final = r"[\w](?:[\w-]|\.(?=\w)){1,40}+"
"""A word as platforms allow it for a name."""
_SHAPED: Final = re.compile(r"[a-z]+[\w.-]*[0-9_][\w.-]*|[a-z]{2,}\.[\w.-]+")
"""A name that no word of a sentence looks like."""
_NO_NICK: Final = words("""
    a about after again all also always am an and any anymore anything anytime are around as at back be
    because been before being best but by can cant com constantly could daily did do does doesnt done dont
    down each easy even ever every everyone everything fine first for free friend friends from full fun get
    getting give go going good got great group groups had hard has have havent he help helpful her here him
    his how hubby husband i if im in instead into is isnt it its just keep kind know later less like live
    long lot lots love made make many maybe me mine mom moms mommas more most mostly much my need never new
    nice no none not nothing now of off often ok okay on once one only or other our out over page part
    people please post posts probably really right said same saw see seems she should since so some someone
    something sometimes soon started still such support sure talk than thanks that the their them then there
    they thing things think this those though through time times to today tomorrow tonight too took two
    until up us use used very want was way we well went were what when whenever where which while who whole
    why will with without would yes yet you your soy es el la mi y para con porque pero que private public
    lost slow hacked deleted locked gone fake empty boring toxic reset wrong broken open closed awful
    terrible amazing wonderful different broke annoying confusing expired rejected denied blocked weird
    useless
    """)
_WORD: Final = re.compile(r"[\w.-]*\w")
_MOST_WORDS: Final = 5


def _called(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """What somebody says after "find me as": one shaped word, or words up to one that is not a name's."""
    start = match.start("nick")
    first = match["nick"]
    if first in _NO_NICK or _TIME.fullmatch(first):
        return ()
    end = match.end("nick")
    if _SHAPED.fullmatch(first) or excerpt.text[start - 1] == "@":
        return ((start, end),)
    has_capitals = excerpt.is_title(start)
    position = end
    for _ in range(_MOST_WORDS - 1):
        if not excerpt.text.startswith(" ", position):
            break
        word = _WORD.match(excerpt.text, position + 1)
        if word is None or not (
            excerpt.is_capital(word.start()) if has_capitals else word[0] not in _NO_NICK
        ):
            break
        position = end = word.end()
    return ((start, end),)


def _shaped(match: re.Match[str], _: Excerpt) -> tuple[Range, ...]:
    """The name alone, if no word of a sentence looks like it."""
    return (match.span("nick"),) if _SHAPED.fullmatch(match["nick"]) else ()


def _plain(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """A name that could be a word, at the end of what is said."""
    nick = match["nick"]
    if nick in _NO_NICK or _TIME.fullmatch(nick) or _SHAPED.fullmatch(nick):
        return ()
    rest = excerpt.text[match.end("nick") : match.end("nick") + 5].lstrip(" ")
    is_last = not rest[:1].isalnum() or rest.startswith(("and ", "if ", "but ", "so "))
    return (match.span("nick"),) if is_last else ()


def _capitalized(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """A shaped word, one with a sign before it, or words with capitals."""
    start = match.start("nick")
    if excerpt.text[start - 1] in "@$":
        return (match.span("nick"),)
    if _SHAPED.fullmatch(match["nick"]) or (excerpt.is_title(start) and len(match["nick"]) > 1):
        return _called(match, excerpt)
    return ()


_MY_PLATFORM: Final = (
    rf"(?:(?<=my\s)|(?<=our\s)|(?<=her\s)|(?<=his\s)|(?<=mi\s)){_ON}{SPACE}(?:(?:page|account|name|handle"
    rf"|user{GAP}name|id|tag){SPACE})?(?:is|was|es|-){SPACE}@?(?P<nick>{_NICK})"
)
_USERNAME: Final = (
    rf"(?<![a-z])(?:user{GAP}-?name|screen{GAP}-?name|handle|gamer{GAP}tag|user{GAP}id|login(?:{SPACE}name)?"
    rf"|usuario){GAP}(?:(?:is|was|are|es)(?![a-z])|[:=-]){GAP}@?(?P<nick>{_NICK})"
)

HANDLE_RULES: Final = (
    Rule(
        name="handle",
        category=_CONTACT,
        law="R",
        need=AT,
        source=r"(?<![\w.+%@-])@((?:\w|[.-](?=\w)){1,60}+)",
        score=0.9,
        narrow=_handle,
        finds=("I am <@jodoe_82> there", "venmo <@mrs.doe>.", "(<@mamabear>)"),
        leaves=("@3pm, @home, @ 9pm", "me@home", "@ the VA"),
    ),
    Rule(
        name="platform-as",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=(
            rf"(?<![a-z0-9]){_ON}(?:'s)?{GAP}(?:(?:page|account|acct|profile|name|handle"
            rf"|user{GAP}name){GAP})?(?:,?{GAP}(?:my{SPACE}name{SPACE}is|(?:it|its|it's){SPACE}under"
            rf"|i'?m{SPACE}(?:under|called)|as|under|como|called|(?:name|handle|user{GAP}name|i\.?d){GAP}"
            rf"(?:is|:)|named){SPACE}|(?<!\s)[:=]{GAP})(?:the{SPACE}name{SPACE}(?:of{SPACE})?)?@?"
            rf"(?P<nick>{_NICK})"
        ),
        score=0.93,
        narrow=_called,
        finds=(
            "find me on fb as <Jo A Vet Mom> if you do a group",
            "find me on insta as <jo.doe.84> please",
            "insta: <jodoe_84>",
            "I'm on facebook under the name <Jo Doe>",
            "my facebook name is <Jo Lopez Doe>, ok",
            "estoy en facebook como <Maria Lopez>",
            "add me on snap, my name is <jodoe22>",
        ),
        leaves=(
            "I use facebook as much as anyone",
            "fb: the worst",
            "on facebook as a support",
            "facebook at 3am",
        ),
    ),
    Rule(
        name="platform-is",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=_MY_PLATFORM,
        score=0.92,
        narrow=_shaped,
        finds=("my insta is <jodoe_84> if", "my snap is <jodoe22>, add me", "mi instagram es <maria.lopez>"),
        leaves=("my facebook is full of babies", "my insta is a lie", "my snap is jodoe"),
    ),
    Rule(
        name="platform-is-word",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=_MY_PLATFORM,
        score=0.55,
        tier=Tier.UNCERTAIN,
        narrow=_plain,
        finds=("my snap is <jodoe>, add me",),
        leaves=("my facebook is full of babies", "my fb was hacked again"),
    ),
    Rule(
        name="platform-bare",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=rf"(?<![a-z0-9]){_ON}{SPACE}(?:is{SPACE}|at{SPACE}|@{GAP}|-{GAP}|\({GAP})?(?P<nick>{_NICK})",
        score=0.85,
        narrow=only_if(
            lambda match: _SHAPED.fullmatch(match["nick"]) is not None and "." not in match["nick"],
            group="nick",
        ),
        finds=("kik <jodoe22> or text", "my ig (<jo_doe>)", "discord is <jodoe_1>"),
        leaves=("facebook 24/7", "on youtube and on tiktok", "twitter 2 times", "instagram.com"),
    ),
    Rule(
        name="on-platform",
        category=_CONTACT,
        law="R",
        need=ON_PLATFORM,
        source=(
            rf"(?<![\w.@-])(?P<nick>{_NICK}){SPACE}(?:on|en|@|at){SPACE}(?:my{SPACE}|mi{SPACE})?{_ON}"
            r"(?![a-z0-9])"
        ),
        score=0.88,
        narrow=only_if(lambda match: _SHAPED.fullmatch(match["nick"]) is not None, group="nick"),
        finds=("I'm <jodoe_84> on insta", "add <jo.doe22> on snapchat"),
        leaves=("I'm active on facebook", "i saw it on fb", "24 7 on instagram"),
    ),
    Rule(
        name="as-on-platform",
        category=_CONTACT,
        law="R",
        need=ON_PLATFORM,
        source=(
            rf"(?<![a-z0-9])(?:as|i'?m|i{SPACE}am|soy|look{SPACE}for|search|find|add|follow|friend){SPACE}"
            rf"(?P<nick>{_NICK}(?:\s[\w-]{{1,20}}){{0,2}}){SPACE}(?:on|en){SPACE}{_ON}(?![a-z0-9])"
        ),
        score=0.6,
        tier=Tier.UNCERTAIN,
        narrow=only_if(lambda match: _NO_NICK.isdisjoint(match["nick"].split()), group="nick"),
        finds=("look for <jane doe> on facebook", "I post as <mamabear> on instagram"),
        leaves=("find me on facebook", "I'm always on instagram", "follow her on tiktok"),
    ),
    Rule(
        name="username",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=_USERNAME,
        score=0.95,
        narrow=_shaped,
        finds=("my username is <jodoe82> here", "screen name: <mama_bear>", "usuario: <maria_l>"),
        leaves=("I can't handle it", "my login was lost again", "the username is not saved"),
    ),
    Rule(
        name="username-word",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=_USERNAME,
        score=0.55,
        tier=Tier.UNCERTAIN,
        narrow=_plain,
        finds=("my username is <mamabear>.",),
        leaves=("my username is easy to guess", "my login is the same as"),
    ),
    Rule(
        name="message-me",
        category=_CONTACT,
        law="R",
        need=MESSAGE,
        source=(
            rf"(?<![a-z])(?:venmo|dm|pm|message|msg|add|snap|kik|zelle|paypal|cash{GAP}app|skype"
            rf"|facetime){SPACE}me(?:{SPACE}(?:at|on)|:)?{SPACE}[@$]?(?P<nick>{_NICK})"
        ),
        score=0.85,
        narrow=_capitalized,
        finds=(
            "venmo me <jo-doe-84> lol",
            "dm me <Jo A Vet Mom> lol",
            "add me <jodoe.84.x>",
            "dm me $<jodoe> if",
        ),
        leaves=("message me anytime", "Dm me I guess", "pm me at 9"),
    ),
    Rule(
        name="cashtag",
        category=_CONTACT,
        law="R",
        need=PLATFORM,
        source=(
            rf"(?<![a-z0-9]){_ON}(?:{SPACE}(?:me|is|it|to|at|name|tag)){{0,3}}:?{SPACE}"
            r"(\$[a-z][\w-]{1,30}+)"
        ),
        score=0.95,
        group=1,
        finds=("cashapp is <$JoDoe84>", "venmo me at <$jodoe> ok", "my insta is <$jodoe>"),
        leaves=("venmo me $20", "cashapp was $5"),
    ),
)
