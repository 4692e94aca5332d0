"""E-mail addresses, as they are and as they are spelled out; web addresses."""

from __future__ import annotations

import re
from typing import Final

from ppdarchive.detectors.patterns.needs import AT, LINK, SPOKEN_MAIL
from ppdarchive.detectors.patterns.rule import GAP, Range, Rule, one_of, only_if, words
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import TextCategory

_CONTACT: Final = TextCategory.CONTACT
_LOCAL: Final = r"(?<![\w.+%'-])[.+%'-]*+(\w[\w.+%'-]*+"
_TOP: Final = "(?:com|net|org|edu|gov|mil)"
_SITES: Final = (
    "com|org|net|edu|gov|mil|us|uk|ca|io|info|biz|co|me|de|mx|tv|blog|online|ly|gl|be|app|link|site|shop|live"
    "|gg"
)
_NO_SITE: Final = words("""
    home work night noon lunch school first least once all times the a an my her his that this va bedtime
    midnight dinner church daycare hospital clinic me us them naptime nap 1st 2nd 3rd
    """)
_MAIL: Final = one_of("""
    gmail googlemail yahoo hotmail outlook aol icloud msn comcast ymail rocketmail protonmail proton
    sbcglobal bellsouth verizon fastmail zoho gmx earthlink juno
    """)
_SAID_AT: Final = rf"(?:{GAP}[(\[{{<]{GAP}(?:at|@){GAP}[)\]}}>]{GAP}|\s{{1,3}}(?:at|arroba|@)\s{{1,3}}|@)"
_SAID_DOT: Final = rf"(?:{GAP}[(\[{{<]{GAP}(?:dot|\.){GAP}[)\]}}>]{GAP}|\s{{1,3}}(?:dot|punto)\s{{1,3}}|\.)"
_JOIN: Final = (
    rf"(?:{_SAID_DOT}|_|\s{{1,3}}(?:underscore|under{GAP}score|dash|hyphen|guion(?:{GAP}bajo)?"
    r"|plus)\s{1,3})"
)
_SPOKEN_LOCAL: Final = rf"(?<![\w.+%'-])(\w[\w+%'-]{{0,40}}+(?:{_JOIN}\w[\w+%'-]{{0,40}}+){{0,4}}+)"
_NO_LOCAL: Final = words("""
    me us him her them it you i we they she he look looked looking find found see saw check checked go went
    work works worked working am is was were be been being are here there up out back down over one all only
    bought ordered shop shopped account email mail in on and or not write reach contact read reading search
    stuff people friend someone job position
    """)
_IN_WORDS: Final = re.compile(r"(?<![a-z])(?:dot|punto)(?![a-z])|[(\[{<]\s?at\s?[)\]}>]")
_MAIL_CUE: Final = re.compile(
    r"(?:e-?mails?|mail|gmail|address|reach|write|contact|correo|inbox|send)(?![a-z])[\s\w:,'-]{0,24}\Z"
)


def _address(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep an address with letters behind the sign ("come @ 9.30"), up to the next sentence."""
    start, end = match.span(1)
    site = match[1].partition("@")[2]
    if not any(character.isalpha() for character in site):
        return ()
    return ((start, before_sentence(excerpt, end - len(site), end)),)


def _link(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    return ((match.start(), before_sentence(excerpt, *match.span())),)


def _site(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep a site unless its ending begins a sentence: "un grupo.Mil gracias"."""
    end = before_sentence(excerpt, *match.span())
    return ((match.start(), end),) if "." in excerpt.text[match.start() : end] else ()


def before_sentence(excerpt: Excerpt, start: int, end: int) -> int:
    """Where a name ends that runs into the next sentence: "@mama.bear.When"."""
    for stop in range(start, end - 1):
        is_stop = excerpt.text[stop] == "." and excerpt.is_title(stop + 1)
        if is_stop and not excerpt.is_capital(stop - 1):
            return stop
    return end


def _spoken(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep an address unless what stands before the "at" is a word of the sentence."""
    if _IN_WORDS.search(match[0]):
        return () if match[1] in _NO_LOCAL else (match.span(),)
    return _with_provider(match, excerpt)


def _with_provider(match: re.Match[str], excerpt: Excerpt) -> tuple[Range, ...]:
    """Keep what is at a provider if it is no common word, or somebody speaks of mail before it."""
    local = match[1]
    if local in _NO_LOCAL:
        return ()
    is_shaped = local[0].isalpha() and not local.isalpha()
    before = excerpt.text[max(match.start() - 40, 0) : match.start()]
    return (match.span(),) if is_shaped or _MAIL_CUE.search(before) else ()


MAIL_RULES: Final = (
    Rule(
        name="email",
        category=_CONTACT,
        law="F",
        need=AT,
        # A space before the sign and none behind it is a handle ("venmo @mrs.doe"), unless a site follows.
        source=_LOCAL + rf"(?:(?:@ ?| @ )[\w-]++(?:\.[\w-]++)++| @[\w-]++\.{_TOP}(?!\w)))",
        score=0.99,
        narrow=_address,
        finds=(
            "write to <jo.doe@example.org> please",
            "(<JO_DOE+x@MAIL.EXAMPLE.COM>)",
            "its <jane @ example.com> i think",
            "email:<o'brien@example.co.uk>, ok",
        ),
        leaves=("meet @ 9.30", "@jodoe_82", "3 @ $4.50 each"),
    ),
    Rule(
        name="email-apart",
        category=_CONTACT,
        law="F",
        need=AT,
        source=_LOCAL + rf"\s{{0,2}}@\s{{0,2}}[\w-]++(?:\s?\.\s?[\w-]++){{0,2}}?\s?\.\s?{_TOP}(?!\w))",
        score=0.98,
        group=1,
        finds=(
            "its <jo.doe @ example . com> ok",
            "its <jodoe@example .com>",
            "its <jodoe@mail. example.org>",
        ),
        leaves=("we met @ noon . come back", "@jodoe_82"),
    ),
    # Without a dot behind the sign: someone forgot it, or means a place ("3@night").
    Rule(
        name="email-undotted",
        category=_CONTACT,
        law="F",
        need=AT,
        source=_LOCAL + r"@([\w-]++))(?!\.\w)",
        score=0.7,
        narrow=only_if(
            lambda match: match[2] not in _NO_SITE and not match[1].partition("@")[0].isdecimal(), group=1
        ),
        finds=("write to <jo.doe@examplemail> please", "its <jane@gmail> i think"),
        leaves=("3@night", "call@home"),
    ),
    Rule(
        name="email-spoken",
        category=_CONTACT,
        law="F",
        need=SPOKEN_MAIL,
        source=_SPOKEN_LOCAL
        + _SAID_AT
        + rf"[\w-]{{1,40}}+(?:{_SAID_DOT}[\w-]{{1,40}}+){{0,2}}?{_SAID_DOT}{_TOP}(?!\w)",
        score=0.97,
        narrow=_spoken,
        finds=(
            "its <jane dot doe at gmail dot com> thanks",
            "<jodoe (at) example (dot) com>",
            "<jodoe(at)example.com>",
            "reach me: <jo_doe84[at]mail[dot]example[dot]org>",
            "<jane underscore doe at yahoo dot com>",
            "es <maria punto lopez arroba gmail punto com>",
            "email is <jodoe at yahoo.com>",
            "<jo.doe@gmail dot com>",
        ),
        leaves=(
            "I looked at gmail dot com",
            "find it at example.org",
            "we met at example.com",
            "the dot at the end",
        ),
    ),
    Rule(
        name="email-provider",
        category=_CONTACT,
        law="F",
        need=SPOKEN_MAIL,
        source=_SPOKEN_LOCAL + _SAID_AT + rf"{_MAIL}(?![\w@])",
        score=0.9,
        narrow=_with_provider,
        finds=(
            "its <jodoe84 at gmail>, write me",
            "my email is <janedoe at yahoo>",
            "<jane dot doe at hotmail>",
        ),
        leaves=("I looked at gmail again", "he works at verizon", "my sister at yahoo"),
    ),
)

# Punctuation belongs to an address only where more of the address follows.
_TAIL: Final = r"""(?:[.,:;!?)\]'|]*+[^\s\x00<>".,:;!?)\]'|]++)++"""

LINK_RULES: Final = (
    Rule(
        name="url",
        category=_CONTACT,
        law="N",
        need=LINK,
        source="(?<![a-z])(?:https?|ftp)://" + _TAIL,
        score=0.99,
        narrow=_link,
        finds=(
            "see <https://example.org/jodoe?id=3>.",
            "(<http://192.168.1.1/x>)",
            "<https://example.org/jo>.The end",
        ),
        leaves=("http and https", "the https thing: //"),
    ),
    Rule(
        name="url-www",
        category=_CONTACT,
        law="N",
        need=LINK,
        source=r"(?<!\w)www\.(?=\w)" + _TAIL,
        score=0.99,
        narrow=_link,
        finds=("see <www.example.org/jodoe>.", "on <www.example.com/lopezfamily>, ok"),
        leaves=("www was slow", "www. is how it starts"),
    ),
    Rule(
        name="url-site",
        category=_CONTACT,
        law="N",
        need=LINK,
        source=rf"(?<![\w.@/-])(?:[\w-]++\.){{1,10}}{_TOP}(?:\.[a-z]{{2}})?(?![\w-])(?:[/?#:]{_TAIL})?",
        score=0.9,
        narrow=_site,
        finds=("my blog is <jodoe.example.com> now", "<example.com/jadensmom>, ok", "<example.com.mx>"),
        leaves=("a dot com thing", "un grupo.Mil gracias", "jo@example.com"),
    ),
    # Other endings are words too ("better.me"), so a path must follow.
    Rule(
        name="url-path",
        category=_CONTACT,
        law="N",
        need=LINK,
        source=rf"(?<![\w.@/-])(?:[\w-]++\.){{1,10}}(?:{_SITES})/" + _TAIL,
        score=0.9,
        narrow=_link,
        finds=("it is on <example.me/jodoe> now", "<fb.me/janedoe>", "its on <bit.ly/3xYz>"),
        leaves=("better.me and ok.so", "and/or, w/ him", "e.g./i.e."),
    ),
    Rule(
        name="reddit",
        category=_CONTACT,
        law="R",
        need=LINK,
        source=r"(?<![\w/])/?u/[\w-]{3,30}",
        score=0.8,
        finds=("I post as <u/jodoe82> there", "see </u/sleepy_mama>"),
        leaves=("the u/s showed it", "on r/beyondthebump"),
    ),
)
