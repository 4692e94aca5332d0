"""Words that decide what a name is: names that are words, and the words that announce a name.

Written by hand in 2026 from everyday English and Spanish; the lexicons of a later issue replace them.
"""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


COMMON: Final = words("""
    a about above abril ace after again agosto air all ally alma alpha also am amor an and angel angels
    any applicable april archer are army art as ask at atlas august aura autumn away baby back bacon bad
    ball bank banks bar barb barber baron base bass battle bay be beach bean bear beard beau bell belle
    bend bendicion berry best bill bird bishop black bland blaze bless blessing bliss bloom blue bond
    book booth bowling boy brain branch bravo bridges bright brook brown browning buck bud buddy bug
    bunny burns bush buster but butts by cadence call camp can candy cannon canyon care case cash center
    chambers chance change charge charisma charity chase chastity cherish cherry chin china chip
    christian chuck church cielo clay clement cliff clinic clover coach cold colon colt come consuelo
    cook cope coral corazon corona corps cotton couch could court coy craft crane creed crew crews cross
    crow cry crystal curry dad daddy daisy dale dar dash daughter dawn day days de deacon dean dear
    december declined dell desire destiny diamond did divine do doctor dolly don done dove down downing
    downs drake dream drew duke dulce dusk dusty dye early earnest earth east ebony echo ed el elder em
    email ember emerald en era es esperanza essence eve even ever every faith fall family farmer fawn
    fax february fern field fields file finch fire first fish flor flora flowers force ford foreman
    forest forever fort fox frank free freedom french friday friend frost fry funk gale gamble garnet
    garrison gates gauge gay gem genesis get gill ginger girl give glass glory go god gold golden good
    gore got grace gracia gracias grant graves gray great green grey grimes guard guy had hail
    hale hall happy harden hardy harmony hart has hatch haven hay he head heard heart heaven heavenly
    hello help her hi high hill him his holder holiday home honest honesty honey honor hood hope hopper
    horn hospital house how hug hull hunt husband i ice if ill in independence indigo infant iphone is
    island it ivory january jazz jersey jewel job journey joy joyful julio jump june junio junior
    juniper just justice kale karma key keys kid king kiss kit kitty knew knight know la lady lake lam
    lamb land lane law le learn legend let liberty life light like linden lion listen little live lo
    long lord lost lots love lovely loving low luck lucky luz lyric ma mahogany mail major mama man many
    march marina marine marines mark marks marsh marshal marvel mas masters max maxim may mayo me meadow
    meadows melody mercy merit merry messiah mi might milagro miles mine minor miracle missing misty
    mobile mom mommy monday mood moody moon more moss mother mountain move much music my na nan nana
    navy ne need never new nice night no noble none noon normal north not nova novella november now null
    nurse oak ocean october of oh ok old olive on one online opal open or orange other our out pace
    pagan page paisley papa para park parks pat pate path patience patty paz peace peach pearl peck
    penny pepper perfect person petty phone pierce pike pleasant point pope poppy porter post potter
    power powers praise pray precious price pride prince princess program promise prudence purple queen
    quick rain rainbow ransom rare raven ray reach read reading real red refused reina rest rice rich
    riddle ride ridge right river rivers roach road rob rock rocky rod roe roman room rose rouse rowdy
    royal run rush rusty safe sage said sailor saint salud same sample sandy sapphire saturday savage
    save say scout sea sears season see self sellers september ser serene serenity service shan share
    sharp she shell shepherd shields shine short silver sims sincere sing singer singleton sister sky
    slaughter sleep small smart smile snow so sol soledad some son song space sparks spears spring star
    stark stars start state stay sterling stern still stone storm stormy story stout street strong su
    such sue sugar summer summers sun sunday sunny sunshine sure sweet swift tad talk talon tan tang tea
    teach temperance test text thanks that the them theme then they think this thursday tiara tiger time
    tiny titan to today together too town trace treasure tree trinity trip true trust truth try tu
    tuesday tv two understanding unique unity unknown up us use va valentine van velvet ven very vet
    victoria victory vida video vigil virtue voice wade wait walk walker wall walls want war ward ware
    was water waters way we web wednesday week weeks well wells went were west what when white who why
    wife wilder will wills wind windy winter winters wise wish wit with wolf woman won wonder wont wood
    woods woody word work workman world worth would write year yes yet you young your zen
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
    seaman petty officer hermana hermano hija hijo bebe esposo esposa amiga coachs coahc coch hubs bff
    """)
"""Words before a name."""

FUNCTION_WORDS: Final = words("""
    a about after all also am an and any are as at be been but by can could did do does don each el em en
    even ever for from get go got had has have he her here him his how i if in is it its just la le let lo
    like may me mi might mine more most much must my na ne never no not now of oh ok on one or our out own
    she should so some such than that the their them then there these they this those to too two up us was
    way we were what when where which while who whom whose why will with won would yes yet you your
    """)
"""Words of grammar: small, or where a sentence starts, they are never names."""

INTRODUCING: Final = words("""
    coach coaches counselor therapist doctor dr named aka son daughter husband hubby wife partner
    fiance boyfriend girlfriend sister brother aunt auntie tia tio uncle cousin niece nephew stepson
    stepdaughter sgt captain sergeant lieutenant colonel hermana hermano hija hijo esposo esposa coachs
    coahc coch hubs
    """)
"""Of these, the ones behind which even a word that is no name may be one, misspelt."""

NAMING: Final = words(
    "named called aka dr mr mrs ms miss mister sgt cpl ssgt lt cpt capt aunt auntie uncle tia tio"
)
"""Of these, the ones before which nothing but a name is likely."""

DATING: Final = words("""
    in since until till til by last next this of every during mid early late through thru before after
    around from en desde hasta
    """)
"""Words before a month."""

TITLES: Final = words("dr mr mrs ms sgt ssgt lt capt cpl col maj")
"""Words before a name with a full stop between."""

PERSONAL: Final = words("""
    said says told tells called calls texted texts emailed asked asks listened listens checked suggested
    reminded reminds encouraged encourages understood understands screamed screams cried cries slept sleeps
    nursed nurses napped naps woke wakes latched latches smiled smiles laughed laughs answered cares cared
    reached talked talks spoke explained introduced hugged visited deployed works worked stayed sat came
    comes gave gives had has was is were got loves hates likes wants needs knows knew seems seemed sounded
    """)
"""Verbs behind a person's name."""

DOING: Final = PERSONAL - words("""
    had has was is were got came comes gave gives likes wants needs seems seemed sounded stayed works worked
    knows knew sat loves hates reached cares calls texts asks
    """)
"""Of these, what hardly anything but a person does."""

SPANISH: Final = words("""
    de la el los las un una que y en con por para mi mis su sus es son fue era más mas muy se le lo del al
    como pero cuando porque ser hay este esta sin ya tambien
    """)
"""Words of Spanish grammar that are no English ones."""

CONTACTING: Final = words("""
    ask asks asked asking
    talk talks talked talking speak speaking spoke spoken chat chatted chatting call calls called calling
    session sessions visit visits visited visiting meet meets met meeting work working worked conversation
    conversations appointment text texts texted texting email emails emailed listen listening listened thank
    thanks shout hug hugs love hi hey hello dear miss
    click clicked clicking connect connected bond bonded bonding paired matched assigned switched
    """)
"""What is done with, to or from a person."""

GREETING: Final = words("hi hey hello hola hiya heya howdy")
"""Words before whom one greets, whatever its capitals."""

TENDING: Final = words("""
    nursing breastfeeding bottlefeeding feeding burping bathing changing rocking swaddling cuddling snuggling
    holding dressing soothing diapering held nursed rocked burped bathed swaddled cuddled snuggled soothed
    """)
"""What is done with a baby."""

OF_A_BABY: Final = words("""
    born teething colicky premature jaundiced crying asleep sleeping napping fussy nursing latching crawling
    walking hospitalized
    """)
"""What a baby was."""

LAP: Final = words("chest arms arm lap hip shoulder breast boob tummy belly")
"""Where a baby is held: "in my arms"."""

WHENEVER: Final = words("when while time until till if because cause cuz since after once whenever that")
"""Words before somebody who does something."""

TOWARDS: Final = words("with to from and by for out")
"""Between that and the person."""

ADDRESSING: Final = words("""
    told tell telling asked ask asking called calling thank thanks love loved miss missed dear hi hey hello
    with and met meet having had like because when after
    """)
"""Words before a name with a capital."""

NEARBY: Final = words("at in near from to of the our outside around by leaving left through via")
"""Words before a place."""

ARTICLES: Final = words(
    "the a an this that these those some any every each no our their el la los las un una"
)
"""Words before a thing."""

DETERMINERS: Final = words("""
    the a an this that these those my your his her its our their no some any every each much more little
    such with without of in to have has had give gave need needed for
    """)
"""Words before a word that is no name."""

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

NOT_INITIALS: Final = words("""
    am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we ya ma pa la va md rn np
    pt ot er ob gp dr jr sr mr ms tv pc pm dx rx hx tx uk ll ve re nd rd th st cs iv id dd dh dw ds ss lo bf
    bm ft pp tt ttc ppd ppa vbac who was has had its not nor but and the for you she him her our out all any
    can did may via per mom dad mil fil sil bil ivf
    """)
"""Letters that stand for something else than a person."""

SMALL_WORDS: Final = words("of and the at for in on de la del los las & s")
"""Words whose first letters are not in an acronym."""

FACILITY_TAILS: Final = words("""
    hospital hospitals medical medicine center centers centre clinic clinics va vamc cboc vet outpatient
    inpatient health healthcare care system systems regional memorial general community county university
    college school elementary high middle academy preschool daycare church chapel shelter women womens
    woman childrens children birth birthing maternity pediatrics pediatric family services service
    institute foundation ministries methodist baptist catholic lutheran presbyterian episcopal adventist
    army naval air base station post barracks hall library annex commissary department program group
    associates practice office inc llc and of the campus facility unit ward branch network partners
    """)
"""Words at the end of a facility's name that many share."""

PLACE_HEADS: Final = words("st. ft. mt. lake fort mount camp port point our lady the north south east west")
"""Words at the start of a place's name that many share; some as `SAME_IN_PLACES` has them."""

SAME_IN_PLACES: Final = {
    word: f"{alike.split()[0]}."
    for alike in (
        "st saint street str", "ft fort", "mt mount mountain mtn", "ave avenue av", "rd road", "dr drive",
        "ln lane", "blvd boulevard", "ct court", "cir circle", "pl place", "ter terrace", "pkwy parkway",
        "hwy highway", "sq square", "trl trail", "apt apartment", "ctr center centre cntr", "hosp hospital",
        "med medical", "clin clinic", "reg regional", "mem memorial", "univ university", "comm community",
        "n north", "s south", "e east", "w west", "ne northeast", "nw northwest", "se southeast",
        "sw southwest", "co county cnty", "hts heights", "spgs springs", "vly valley", "vamc vahospital",
    )
    for word in alike.split()
}  # fmt: skip
"""Words of places that are written in several ways, and one form for each."""

STREET_TAILS: Final = words("""
    st street str ave avenue av rd road dr drive ln lane blvd boulevard ct court cir circle pl place ter
    terrace pkwy parkway hwy highway sq square trl trail pike way loop run row path alley county n north s
    south e east w west ne nw se sw apt apartment unit suite ste lot th nd
    """)
"""Words of a street's name that many share."""

STATES: Final = words("""
    alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
    mississippi missouri montana nebraska nevada new hampshire jersey mexico york north carolina dakota ohio
    oklahoma oregon pennsylvania rhode island south tennessee texas utah vermont virginia washington west
    wisconsin wyoming district columbia puerto rico guam usa al ak az ar ca co ct de fl ga hi id il in ia ks
    ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc
    pr gu
    """)
"""Words of the states' names, and their abbreviations."""

GLUED_BEFORE: Final = words("""
    coach baby aunt auntie nurse miss mrs doctor team little lil big hey thanks dear love my mom mommy mama
    daddy dad sister brother captain sergeant
    """)
"""Words that stand before a name without a space: "coachmaria"."""

GLUED_BEHIND: Final = words("""
    mom mommy momma mama mum dad daddy wife smom smommy smama sdad swife andi baby babe fan bear bug boo
    """)
"""Words that stand behind a name without a space: "jaydensmom"."""

NEVER_MISSPELT: Final = words("""
    mommoodbooster mmb epds phq wai ppd ptsd nicu okay yeah hubby preggo postpartum pospartum website online
    facebook google zoom skype facetime whatsapp instagram covid telehealth alot cuz bcuz tho thru prob
    dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt cant couldnt wont wouldnt shouldnt aint
    """)
"""Words of the field, whatever a lexicon says."""

LOOK_ALIKES: Final = str.maketrans(
    "авекмнорстухѕіјԁһԛԝгпьзёїєαβεηικμνορτυχζωγσδλɑɡɩᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢøđłħŧðƀəı",
    "abekmhopctyxsijdhqwrnbeeieabenikmvoptuxzwysdlagiabcdefghijklmnoprstuvwyzodlhtdbei",
)
"""Letters of other scripts, and rare ones, by the folded Latin letter that they look like."""

CAPITAL_LOOK_ALIKES: Final = {**LOOK_ALIKES, **str.maketrans("ηνυз", "hnye")}
"""The same for letters whose capital looks like another one than they do."""

SIGNS_FOR_LETTERS: Final = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "li"
}  # fmt: skip
"""Digits and signs that stand for letters, and which."""

PLAIN_S: Final = words("""
    this does was has is his its us as yes always less unless perhaps class pass miss kiss boss loss mess
    guess press bless dress stress across plus thus gas bus focus else plans needs helps means seems lets
    goes says gets sees feels takes makes comes works hours days weeks months years times kids moms dads
    babies calls texts lots tons ones things ways parts adds ins ons outs ups hers ours yours theirs news
    bras lens mans
    """)
"""Words that would be the plural or the possessive of a name."""
