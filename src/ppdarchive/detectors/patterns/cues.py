"""Words and numbers that patterns wait for, looked up by their hashes.

Written by hand in 2026 from everyday English and Spanish, the postal service's street suffixes
(Publication 28, appendix C1) and the names of the calendar.
"""

from __future__ import annotations

from enum import IntFlag, auto
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes, word_hashes

Masks = npt.NDArray[np.uint64]
"""`Cue` flags."""


class Cue(IntFlag):
    """What a token may announce; one token can be several."""

    # Looked for in all tokens.
    AT = auto()
    SLASH = auto()
    COLON = auto()
    DEGREE = auto()
    SCHEME = auto()
    SITE = auto()
    MAIL = auto()
    SAID_AT = auto()  # what stands for the @ of an address that is spelled out
    DOT = auto()
    PLATFORM = auto()
    MESSAGE = auto()
    COUNT = auto()  # a number in words, or a part of one
    MONTH = auto()
    HOLIDAY = auto()
    ELDER = auto()  # an age over 89 in words, or a part of one
    CROSSING = auto()
    SUFFIX = auto()  # the end of a street's name

    # Looked for around digits and some of the above.
    ME = auto()
    CALL = auto()
    NAMED = auto()  # what identifying numbers are numbers of
    LAST = auto()
    PLATE = auto()
    CAR = auto()
    WHEN = auto()  # before a day
    WEEKDAY = auto()
    BORN = auto()
    NTH = auto()  # an ordinal in words
    TH = auto()  # what stands behind an ordinal's digits
    BEFORE_MONTH = auto()
    YEAR = auto()
    TIME_OF_YEAR = auto()
    AFTER = auto()
    OLD = auto()  # an age over 89 in digits
    CALLE = auto()  # the beginning of a street's name in Spanish
    DIRECTION = auto()
    HOME = auto()
    CORNER = auto()
    BOX = auto()
    ROAD = auto()
    UNIT = auto()


EVERYWHERE: Final = Cue((Cue.SUFFIX << 1) - 1)
"""The cues that are looked for in all tokens."""

MONTHS: Final = """
    january february march april may june july august september october november december jan feb mar apr
    jun jul aug sept sep oct nov dec januray janurary janaury janury febuary feburary febrary februrary
    feberuary marhc apirl aprl arpil agust augst septmber setember sepetember septemeber septembr sepember
    ocotber octobr octber ocober novmber novemeber nobember novenber decemeber decmber desember decembr
    dicember
    """
"""English months, their short forms, and how they are misspelt."""

MESES: Final = """
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    """

UNITS: Final = "one two three four five six seven eight nine"
TEENS: Final = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
TENS: Final = "twenty thirty forty fourty fifty sixty seventy eighty ninety ninty"
UNIDADES: Final = "uno dos tres cuatro cinco seis siete ocho nueve"
DECENAS: Final = """
    diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos
    veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta
    cincuenta sesenta setenta ochenta noventa
    """

NTHS: Final = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth
    """

SUFFIXES: Final = """
    st street str av avenue ave rd road dr drive ln lane ct court pl place blvd boulevard cir circle ter
    terrace pkwy parkway pike hwy highway trl trail sq square loop row alley aly plaza plz crossing xing
    ridge hollow pass run way path turnpike tpke expressway expy freeway fwy causeway cswy cove bend creek
    glen grove heights hts hill hills landing mews point pointe commons crescent cres estates park walk view
    vista trace spur bypass
    """

HOLIDAYS: Final = """
    christmas xmas mas thanksgiving easter halloween hanukkah chanukah kwanzaa ramadan eid passover diwali
    juneteenth nye valentine valentines valentin patrick patricks patty paddy mother mothers father fathers
    memorial labor columbus independence veteran veterans president presidents mlk friday navidad nochebuena
    nochevieja nuevo pascua santa reyes madres padres muertos accion groundhog earth bowl superbowl new year
    years nyd ash palm mardi cinco rosh yom sukkot purim flag pearl boxing st
    """
"""Words of holidays' names."""

_BORN: Final = """
    had born birth birthday birthdate bday b dob d due edd delivered induced c csection nacio nacida nacido
    cumpleanos fecha
    """

STATES: Final = """
    al ak az ar ca co ct de dc fl ga gu hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc
    nd oh ok or pa pr ri sc sd tn tx ut vt va vi wa wv wi wy aa ae ap alabama alaska arizona arkansas
    california colorado connecticut delaware florida georgia guam hawaii idaho illinois indiana iowa kansas
    kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska
    nevada new_hampshire new_jersey new_mexico new_york north_carolina north_dakota ohio oklahoma oregon
    pennsylvania puerto_rico rhode_island south_carolina south_dakota tennessee texas utah vermont virginia
    washington west_virginia wisconsin wyoming
    """

PLATFORMS: Final = """
    fb facebook insta instagram ig snap snapchat sc tiktok tik_tok twitter discord telegram whatsapp
    whats_app kik skype venmo cashapp cash_app zelle paypal messenger reddit tumblr pinterest youtube yt
    linkedin psn xbox steam twitch signal viber wechat threads bluesky mastodon marcopolo marco_polo peanut
    facetime imessage
    """

_HEAD: Final = np.uint64(48)

_WORDS: Final = {
    Cue.AT: "@",
    Cue.SLASH: "/",
    Cue.COLON: ":",
    Cue.DEGREE: "° degrees deg",
    Cue.SCHEME: "http https ftp www",
    Cue.SITE: "com org net edu gov mil",
    Cue.MAIL: """
        gmail googlemail yahoo hotmail outlook aol icloud msn comcast ymail rocketmail protonmail proton
        sbcglobal bellsouth verizon fastmail zoho gmx earthlink juno
        """,
    Cue.SAID_AT: "@ at arroba",
    Cue.DOT: "dot punto",
    Cue.PLATFORM: PLATFORMS.replace("_", " ")
    + "username screenname screen handle userid login usuario user gamer gamertag",
    Cue.MESSAGE: "venmo dm pm message msg add snap kik zelle paypal cashapp cash app skype facetime",
    Cue.COUNT: (
        f"zero oh cero {UNITS} {TEENS} {TENS} {UNIDADES} {DECENAS} hundred thousand double triple doble"
    ),
    Cue.MONTH: f"{MONTHS} {MESES}",
    Cue.HOLIDAY: HOLIDAYS,
    Cue.ELDER: """
        ninety ninty nineties hundred hundredth ninetieth centenarian centenarians supercentenarian
        nonagenarian nonagenarians noventa noventas cien ciento centenaria centenario nonagenaria
        nonagenario
        """,
    Cue.CROSSING: "corner intersection",
    Cue.SUFFIX: SUFFIXES,
    Cue.ME: "me",
    Cue.CALL: """
        call calls text texts phone phones cell cel celular mobile movil tel telefono reach whatsapp
        landline line hotline my mi his her our su ph contact llamame llameme llamar marca beeper signal fax
        faxed faxes
        """,
    Cue.NAMED: """
        mrn medical record records chart charts patient pt case claim file account accounts acct acc member
        membership policy ticket reference ref confirmation invoice edipi dod dodid cac badge license
        licence licencia lic serial passport pasaporte vin participant participante study estudio subject
        student employee order tracking beneficiary medicaid medicare tricare insurance group routing
        transit aba rtn iban clabe ssn ss social soc subscriber docket device pin id ids identification imei
        udi card tarjeta visa mastercard debit credit checking savings bank cuenta seguro expediente caso
        folio poliza npi dea permit certificate cert registration reg pump monitor ein tin itin login user
        respondent survey hospital my ext extension extn pager area
        """,
    Cue.LAST: "last ends ending ended ultimos termina end",
    Cue.PLATE: "plate plates placa placas tag tags tabs",
    Cue.CAR: "car van minivan truck suv jeep vehicle carro camioneta towed",
    Cue.WHEN: f"""
        on since after before until till til date dated around discharged admitted starting started week as
        by from through thru moved changed pushed rescheduled switched bumped shipped got left buried came
        lost separated retired released miscarried relapsed passed died appointment appt anniversary surgery
        enlisted deployed married arrived el desde hasta @ {_BORN}
        """,
    Cue.WEEKDAY: """
        monday mon tuesday tues tue wednesday weds wed thursday thurs thur thu friday fri saturday sat
        sunday sun lunes martes miercoles jueves viernes sabado domingo
        """,
    Cue.BORN: _BORN,
    Cue.NTH: f"{NTHS} twenty thirty primero primer {UNIDADES} {DECENAS} un",
    Cue.TH: "st nd rd th",
    Cue.BEFORE_MONTH: f"""
        in since until till til by during last next this early mid late every of end start rest month all
        part half most before after around between from to through thru beginning middle en desde hasta para
        de a este pasado proximo mes {_BORN}
        """,
    Cue.YEAR: " ".join(str(year) for year in range(1900, 2100)),
    Cue.TIME_OF_YEAR: f"""
        {HOLIDAYS} new st saint good black mothers earth groundhog super ano ash palm mardi cinco rosh yom
        flag pearl boxing semana dia spring summer summertime fall autumn winter holidays primavera verano
        otono invierno early late mid very beginning start middle end fin finales principios mediados q x
        first second third fourth last
        """,
    Cue.AFTER: "after before past prior to of",
    Cue.OLD: " ".join(map(str, range(90, 130))),
    Cue.CALLE: """
        calle avenida avda avd av carretera carr camino colonia col urb urbanizacion bulevar calzada privada
        callejon paseo
        """,
    Cue.DIRECTION: "north south east west n s e w ne nw se sw northeast northwest southeast southwest",
    Cue.HOME: """
        live lives lived living reside resides residing moved stay stays staying stayed house home address
        mail mailed we were i im
        """,
    Cue.CORNER: "corner intersection at on near off down along and",
    Cue.BOX: "box apo fpo dpo psc cmr unit apartado drawer buzon",
    Cue.ROAD: """
        highway hwy route rt rte rr rural county state farm cr fm rm sr us u i interstate exit mile mm km
        kilometro carretera
        """,
    Cue.UNIT: """
        apt apartment suite ste trailer depto departamento room rm bldg building lot unit ward barracks
        """,
}


@cache
def _table() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Hashes, Masks]:
    """Which first bits a cue's hash can have, and one's that counts everywhere; all hashes; their cues."""
    cues: dict[str, Cue] = {}
    for cue, text in _WORDS.items():
        for word in text.split():
            cues[word] = cues.get(word, Cue(0)) | cue
    hashes = word_hashes(list(cues))
    masks = np.array([int(cue) for cue in cues.values()], np.uint64)
    could_be = np.zeros((2, 1 << 16), np.bool_)
    could_be[0, hashes >> _HEAD] = True
    could_be[1, hashes[(masks & np.uint64(EVERYWHERE)) != 0] >> _HEAD] = True
    order = np.argsort(hashes)
    return could_be[0], could_be[1], hashes[order], masks[order]


def cues_among(hashes: Hashes, *, everywhere: bool = False) -> tuple[Positions, Masks]:
    """Which of many tokens are cues, and which cues they are.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
    everywhere : bool
        Whether only cues are wanted that count everywhere.

    Returns
    -------
    ndarray of int64, shape (k,)
        Places in `hashes`, ascending.
    ndarray of uint64, shape (k,)
        `Cue` flags.
    """
    could_be, could_be_everywhere, known, masks = _table()
    # Most tokens end here, at the cost of one look-up in a table that fits in the cache.
    some = np.flatnonzero((could_be_everywhere if everywhere else could_be)[hashes >> _HEAD])
    at = np.minimum(np.searchsorted(known, hashes[some]), len(known) - 1)
    is_cue = known[at] == hashes[some]
    return some[is_cue], masks[at[is_cue]]
