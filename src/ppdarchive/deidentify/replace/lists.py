"""Words that stay in a surrogate, since they tell only what something is, and words to exchange."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


FORMAL: Final = words("""
    mr mrs ms miss mister dr doctor prof professor pastor father sister reverend rev nurse sgt sergeant ssg
    sfc cpl corporal pvt private pfc spc specialist lt lieutenant ltc col colonel cpt capt captain maj major
    gen general cdr commander chief ens ensign adm admiral senora señora sra senor señor sr doctora dra
    """)
"""Words after which a name alone is a surname."""

TITLES: Final = FORMAL | words("""
    coach aunt auntie tia tía tio tío uncle grandma grandpa granny gramma nana papa mama mom momma dad daddy
    baby lil little big cousin brother sis bro jr sr ii iii iv md rn phd lcsw abuela abuelo the and or my a
    y e
    """)
"""Words in a span of a name that are no name."""

PARTICLES: Final = words(
    "de da do dos das del della di du la le las los van von der den ter ten af bin ibn st"
)
"""Small words before a part of a name that belong to it."""

SAINTS: Final = words("st saint san santa santo ste")

GENERIC: Final = words("""
    n s e w ne nw se sw nth
    va vamc veteran veterans affairs medical med hospital center ctr clinic memorial regional general
    community county city state first second third north south east west northern southern eastern western
    central upper lower greater new old the of and for at in on a an to de la el los las del y s
    baptist lutheran methodist catholic presbyterian episcopal christian fellowship pentecostal adventist
    naval navy army marine marines air force afb guard reserve reserves joint base fort ft camp post nas mcas
    uss usns uscgc children childrens women womens family kids mother baby house home saint st san santa
    santo ste mount mt lake river creek valley hill hills falls springs island bay beach port harbor apt
    apartment unit suite lot bldg building floor fl room rm po p o box pmb rr hc highway hwy route rt rte
    interstate i road rd cr fm exit mile zip code near outside downtown corner township twp parish borough
    hospitals clinics centers centre health healthcare care university universities college colleges school
    schools academy elementary middle high preschool daycare kindergarten institute campus church churches
    chapel cathedral temple mosque synagogue parish ministries shelter library museum pharmacy gym ymca ywca
    rehab rehabilitation recovery treatment counseling behavioral wellness hospice nursing pediatrics
    pediatric obgyn ob gyn birth birthing maternity dental urgent store stores shop market mart supermarket
    outlet warehouse factory plant farm restaurant cafe diner grill pizza bar bakery hotel motel inn company
    companies inc llc ltd corp corporation incorporated partners associates association society foundation
    fund trust bank credit union national federal insurance mutual agency department dept office services
    service systems solutions industries enterprises network league club district board council commission
    street avenue ave boulevard blvd drive dr lane ln court ct circle cir place pl square sq terrace ter
    parkway pkwy pike trail trl way loop row alley plaza crossing heights park
    operation task force team strike carrier fighter bomber airlift refueling sustainment signal aviation
    battalion battery battalions regiment division squadron platoon wing fleet company corps unit group
    airborne infantry cavalry armored armor artillery detachment det expeditionary logistics medical
    police intelligence engineer engineers support brigade bn bde rgt inf cav div sqdn co no number local
    """)
"""Words of places, facilities and units that stay, besides those that the lexicons mark so."""

RANKS: Final = (
    ("pvt", "pfc", "spc", "cpl", "lcpl"),
    ("sgt", "ssg", "sfc", "msg"),
    ("ssgt", "tsgt", "msgt", "gysgt"),
    ("po1", "po2", "po3"),
    ("lt", "cpt", "maj", "ltc"),
    ("ens", "ltjg", "lcdr", "cdr"),
    ("private", "specialist", "corporal"),
    ("sergeant", "staff sergeant", "master sergeant", "first sergeant"),
    ("lieutenant", "captain", "major", "colonel"),
    ("seaman", "airman", "fireman"),
)
"""Ranks of a kind, written alike; each is exchanged for another of its line."""

OPERATIONS: Final = (
    ("OIF", "OEF", "OND", "OIR", "OFS"),
    (
        *("Iraqi Freedom", "Enduring Freedom", "New Dawn", "Inherent Resolve", "Desert Storm"),
        *("Desert Shield", "Noble Eagle", "Joint Guardian"),
    ),
    ("Iraq", "Afghanistan", "Kuwait", "Bahrain", "Qatar", "Djibouti", "Kosovo", "Bosnia", "Korea"),
)
"""Operations, and countries of deployments, exchanged in the same way."""

PROFESSIONS: Final = (
    *("actuary", "appraiser", "archivist", "arborist", "audiologist", "bookbinder", "cartographer"),
    *("claims adjuster", "court reporter", "crane operator", "dental hygienist", "dispatcher", "drafter"),
    *("embalmer", "farrier", "floor installer", "geologist", "glazier", "horticulturist", "hydrologist"),
    *("insurance underwriter", "interpreter", "land surveyor", "locksmith", "loss assessor", "machinist"),
    *("medical coder", "millwright", "notary", "optician", "paralegal", "payroll clerk", "pipefitter"),
    *("proofreader", "roofer", "sign painter", "sonographer", "statistician", "tax preparer", "tile setter"),
    *("title examiner", "toolmaker", "typesetter", "upholsterer", "watch repairer", "wind technician"),
)
"""Work that nobody is known by."""
