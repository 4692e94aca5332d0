"""Words that decide what a name is: names that are words, and the words that announce a name.

Written by hand in 2026 from everyday English and Spanish; the lexicons of a later issue replace them.
"""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


COMMON: Final = words("""
    a about above abril after again agosto air all alma also am amor an and angel angels any applicable
    april are army art as ask at august autumn away baby back bad ball bank bar base bay be bear bell
    bend bendicion best bill bird black bless blessing bliss blue bond book boy brook brown bud buddy bug
    bunny bush but by call camp can candy care case cash center chance change charge charity chase chip
    christian church cielo clay clinic coach cold come consuelo cook cope corazon corps could court cross
    cry dad daddy dash daughter dawn day days de dear december declined did do doctor done dove down
    dream drew duke dulce dusk early earth east ed el em email en era es esperanza essence eve even ever
    every faith fall family fax february field fields file fire first flor force ford forest forever fort
    free freedom friday friend gay gem get girl give go god gold golden good got grace gracia gracias
    grant gray great green grey guard guy had happy harmony has hay he heart heaven hello help her hi
    high hill him his holiday home honest honey honor hope hospital house how hug hunt husband i ice if
    in independence iphone is island it january job journey joy joyful julio jump june junio just justice
    key keys kid king kiss kit knew know la lady lake lamb land lane law le learn let liberty life light
    like lion listen little live lo long lord lost lots love lovely low luck lucky luz mail major mama
    man many march marine marines mark may mayo me mercy merit merry mi might milagro miles mine miracle
    missing mobile mom mommy monday mood moon more mother mountain move much music my na nan nana navy ne
    need never new nice night no noble none noon normal north not november now null nurse oak ocean
    october of oh ok old on one online open or orange other our out pace page papa park path patience paz
    peace peach pearl penny perfect phone pleasant point post power praise pray precious price pride
    prince princess program promise purple queen quick rain rainbow rare ray reach read reading real red
    refused reina rest rich ride right river road rob rock room royal run rush safe said sample saint
    salud same saturday save say sea season see self september serenity service share sharp she shell
    shine short silver sing sister sky sleep small smart smile snow so sol soledad some son song space
    spring star stars start state stay still stone storm story street strong su such sue sugar summer sun
    sunday sunny sunshine sure sweet talk tan teach temperance test text thanks that the them theme then
    they think this thursday tiger time tiny to today together too town treasure tree trip true trust
    truth try tu tuesday tv two understanding unity unknown up us use va very vet victoria victory vida
    video virtue voice wait walk want war was water way we web wednesday week weeks well wells went were
    west what when white who why wife will wind winter wise wish wit with woman wonder wood woods word
    work world worth would write year yes yet you young your zen
    """)
"""Names (and places, and entries of contact lists) that are words of everyday text."""

MONTHS: Final = words("april may june july august march mayo junio julio agosto abril")
"""Of these, the months."""

VERBS: Final = words(
    "will may mark drew grant chase rob sue pat bill can do is was would has had see say ask"
)
"""Of these, words that follow "my coach" anyway: "my coach will call"."""

ANNOUNCING: Final = words("""
    coach coaches counselor therapist nurse doctor dr mr mrs ms miss mister named name called aka baby
    babies son daughter husband hubby wife partner fiance boyfriend girlfriend sister brother mom mother
    mama dad father aunt auntie tia tio uncle grandma grandpa granny nana cousin niece nephew friend
    neighbor bestie stepson stepdaughter twin twins toddler newborn infant lil pvt cpl sgt ssgt sfc lt
    cpt capt maj col specialist private sergeant captain lieutenant major colonel commander chief airman
    seaman petty officer hermana hermano hija hijo bebe esposo esposa amiga coachs
    """)
"""Words before a name."""

NAMING: Final = words(
    "named called aka dr mr mrs ms miss mister sgt cpl ssgt lt cpt capt aunt auntie uncle tia tio"
)
"""Of these, the ones before which nothing but a name is likely."""

DATING: Final = words("""
    in since until till til by last next this of every during mid early late through thru before after
    around from en desde hasta
    """)
"""Words before a month."""

PARTICLES: Final = words("""
    de da do dos das del della di du la le los las el van von der den ter ten af av bin bint ibn al st jr
    sr ii iii iv mr mrs ms miss dr prof rev sgt mc mac y e and
    """)
"""Words of a full name that say nothing alone."""

ROLES: Final = words("""
    info mail email contact admin office hello support help team mama mommy momma webmaster sales noreply
    enquiries inquiries family home house work army navy marine veteran baby love life
    """)
"""Local parts of e-mail addresses that are nobody's, or everyday words."""

PLACEHOLDERS: Final = words("""
    na n/a n.a. nan none null unknown unk tbd notapplicable notprovided refused declined prefernottosay
    missing notasked same sameasabove x xx xxx test
    """)
"""What contact lists hold where there is no value, letters only."""

PLAIN_S: Final = words("""
    this does was has is his its us as yes always less unless perhaps class pass miss kiss boss loss mess
    guess press bless dress stress across plus thus gas bus focus else plans needs helps means seems lets
    goes says gets sees feels takes makes comes works hours days weeks months years times kids moms dads
    babies calls texts lots tons ones things ways parts adds ins ons outs ups hers ours yours theirs news
    bras lens mans
    """)
"""Words that would be the plural or the possessive of a name."""
