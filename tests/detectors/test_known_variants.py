"""Known names are found as nicknames, misspelt, by their sound, in disguise and in part."""

from __future__ import annotations

import pickle
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ppdarchive.detectors.known import KnownIdentifiers, residual
from ppdarchive.detectors.known.families import Kinship, relatives
from ppdarchive.detectors.known.ordinary import Standing, Usage
from ppdarchive.detectors.known.spellings import _are_slips
from ppdarchive.detectors.known.words import LOOK_ALIKES, words
from ppdarchive.model.span import TextCategory, Tier
from ppdarchive.text.tokens import word_hashes

NAME, PLACE, FACILITY = TextCategory.NAME, TextCategory.LOCATION, TextCategory.FACILITY
CONTACT = TextCategory.CONTACT

TABLE = """
Elizabeth: liz lizzie beth betsy eliza elisabeth elizbeth elizabteh elizabethh
Katherine: kate katie kathy kat catherine kathryn catharine kathrine
Kate: katherine katie
Liz: elizabeth lizzie
Jayden: jay jayjay jaden jaiden jaydon jadyen jaydenn jayyyden
Maria: mary mariah marria mariaa maira mari
Margaret: maggie meg peggy margie margret margarett
Jennifer: jen jenny jenn jenifer jennifr jeniffer
Michael: mike mikey mick micheal mikael michael
Christopher: chris topher kristopher cristopher chistopher
Christina: tina chris chrissy kristina cristina christna
Stephanie: steph stephie stefanie stephani stephnie
Samantha: sam sammy sammie samatha smantha
Alexandra: alex lexi sandra ali alexandria aleksandra
Rebecca: becca becky rebekah rebeca rebbeca
Jessica: jess jessie jesica jesscia
Melissa: mel missy lissa mellissa melisa
Amanda: mandy amada amandda
Abigail: abby abbie gail abigale abbigail
Madison: maddie maddy madisson madisyn
Isabella: bella izzy belle isabela izabella
Olivia: liv livvy ollie olivea
Charlotte: charlie lottie charlote
Victoria: vicky tori vic victora viktoria
Theresa: terri tess teresa theressa
Patricia: pat patty tricia trish patrica
Barbara: barb babs barbra barabra
Deborah: deb debbie debra deborrah
Susan: sue susie suzan susann
Catalina: cata lina catilina
Guadalupe: lupe lupita guadelupe
Francisco: paco pancho frank fransisco francsico
Ignacio: nacho ignaco
Eduardo: lalo eddie edurado
Consuelo: chelo connie consuello
Jose: pepe joe josee
Alejandro: alex ale alejandra alejnadro
Guillermo: memo guilermo
Santiago: santi diego santigo
Rafael: rafa rafi rafeal raphael
Gabriel: gabe gabby gabrial gabirel
Matthew: matt matty mathew mattew
Mateo: matt teo matteo matoe
William: will bill billy willam wiliam
Robert: rob bob bobby robbie robrt
Richard: rick rich dick richie ricahrd
James: jim jimmy jamie jamse
John: johnny jack jon jhon
Jonathan: jon nathan johnny johnathan jonathon
Joseph: joe joey josef jospeh
Joshua: josh joshau jushua
Daniel: dan danny danial daneil
David: dave davey daivd
Anthony: tony ant antony anthoney
Andrew: andy drew andrw anderw
Nicholas: nick nicky nicolas nickolas
Benjamin: ben benny benji benjamn
Samuel: sam sammy samual samuell
Alexander: alex xander lex alexandr alexnader
Zachary: zach zack zachery zackary
Timothy: tim timmy timmothy timothey
Thomas: tom tommy tomas thoams
Edward: ed eddie ted edwrad
Charles: charlie chuck charels
Henry: hank harry henery
Theodore: theo teddy ted theadore
Lawrence: larry lawerence laurence
Kenneth: ken kenny keneth kennith
Gregory: greg gregg gregroy
Jeffrey: jeff jeffery geoffrey jefrey
Steven: steve stevie stephen stevn
Raymond: ray raymand
Dominic: dom nick dominick domonic
Jeremiah: jerry jere jerimiah
Elijah: eli elija elijha
Isaiah: zay isiah isaih
Xavier: xavi javi zavier xaiver
Sebastian: seb bash sebastien sebastain
Brittany: britt brit britney brittney britany
Bridget: bridgie bridgett brigdet bridgit
Kimberly: kim kimmy kimberley kimberlee
Danielle: dani daniele danyelle
Michelle: shelly mish michele mishelle
Nicole: nikki nicky nichole nicol
Kristen: kris krissy kristin kirsten
Caitlin: cait kaitlyn katelyn caitlyn kait
Mackenzie: kenzie mac mckenzie makenzie
Brianna: bri breanna briana bryanna
Makayla: kayla mikayla mckayla makalya
Savannah: sav savanna vanna savanah
Penelope: penny nell penelopie
Josephine: josie jo josephin
Genevieve: gen viv genevive
Evelyn: evie evelin evlyn
Amelia: amy millie emelia ameila
Emily: emmy emilly emiley
Sophia: soph sophie sofia sohpia
Gabriella: gabby ella gabriela gabrella
Adriana: adri ana adrianna adraina
Hadley: haddie hadlee hadely
Kaylee: kayleigh kaylie caylee kaylea
Hailey: haley hayley hailee haily
Aaliyah: aliyah aaliya
Grayson: greyson grayosn
Braxton: brax braxten braxtin
Wyatt: waytt wyattt wyat
Aisha: aihsa ayesha
Omar: oamr
Levi: leiv
Bauer: baeur bauerr
Rodriguez: rodrigez rodriquez rodriguz
Hernandez: hernandes hernadez hernandezz
Gonzalez: gonzales gonzlez
Sanchez: sanches sanchz
Schneider: shneider schnieder
Sullivan: sulivan sullivn
Kowalski: kowalsky kowlaski
Nguyen: nugyen nguyenn
O'Brien: obrien obrian
Müller: muller mueller
Łukasz: lukasz
Bjørn: bjorn
"""
ROWS = [
    (name.strip(), variant)
    for name, _, variants in (line.partition(":") for line in TABLE.strip().splitlines())
    for variant in variants.split()
]


def covered(known, text):
    """The characters that are found in a text, in any tier."""
    return {at for span in known.detect([text])[0] for at in range(span.start, span.end)}


def is_found(known, text, part):
    """Whether all letters and digits of a part of a text are found."""
    first = text.index(part)
    own = {at for at in range(first, first + len(part)) if text[at].isalnum()}
    return own <= covered(known, text)


def test_the_table_is_large():
    """More than a hundred names, and more than four hundred ways to write them."""
    assert len({name for name, _ in ROWS}) > 100
    assert len(ROWS) > 400


@pytest.mark.parametrize("name", sorted({name for name, _ in ROWS}))
def test_variants_of_a_name_are_found(name):
    """Nicknames, misspelt and sound-alike forms are found behind a coach and in an ordinary sentence."""
    known = KnownIdentifiers([(name, NAME)])
    for variant in (variant for own, variant in ROWS if own == name):
        for written in (variant, variant.capitalize()):
            assert is_found(known, f"my coach {written} was great", written), variant
    assert not covered(known, "my coach was great and i loved the calls, thank you so much")


@pytest.mark.parametrize(
    ("name", "text", "way"),
    [
        ("Maria", "i love maria", "exact"),
        ("Maria Lopez", "Lopez, Maria", "exact"),
        ("Elizabeth", "then liz called", "nickname"),
        ("Liz", "then elizabeth called", "nickname"),
        ("Jessica", "then jesscia called", "edit"),
        ("Peggy", "then Pegie called", "sound"),
        ("Maria", "then Mаrіa called", "disguised"),  # two Cyrillic letters
        ("Maria", "then m4ria called", "disguised"),
        ("Maria", "then mari4 called", "disguised"),
        ("Maria", "then mariaaaa called", "disguised"),
        ("Hannah", "then hannnnah called", "disguised"),
        ("Maria", "then m a r i a called", "spaced"),
        ("Maria", "then M-A-R-I-A called", "spaced"),
        ("Maria", "then m.a.r.i.a. called", "spaced"),
        ("Maria Lopez", "signed m a r i a l o p e z", "spaced"),
        ("Maria", "then coachmaria called", "spaced"),
        ("Jayden", "jaydensmom here", "spaced"),
        ("Maria Lopez", "it helped\n-ML", "initials"),
        ("Maria Lopez", "it helped, thanks M.L.", "initials"),
        ("Maria Lopez", "coach ML was kind", "initials"),
        ("Maria Lopez", "my initials are ml", "initials"),
        (("Mercy Iowa City", FACILITY), "I was at Mercy then", "part"),
        (("Prairie Crossing Vet Center", FACILITY), "at prairie crossing", "part"),
        (("Prairie Crossing Vet Center", FACILITY), "at prarie crossing", "edit"),
        (("University of Iowa Hospitals and Clinics", FACILITY), "at UIHC they", "part"),
        (("University of Iowa Hospitals and Clinics", FACILITY), "at uihc they", "part"),
        (("Iowa City VA", FACILITY), "the ICVA was no help", "part"),
        (("Dunmore VAMC", FACILITY), "the Dunmore VA", "part"),
        (("St. Brennan's Hospital", FACILITY), "at Saint Brennans", "part"),
        (("5033 Quarry Hill Drive", PLACE), "on Quarry Hill Dr", "part"),
        (("688 W. Tamarack St", PLACE), "on west tamarack street", "part"),
        (("Fort Tansy", PLACE), "at ft. tansy", "exact"),
        (("Iowa City, IA", PLACE), "in iowa city now", "exact"),
        (("Killeen", PLACE), "in killen now", "edit"),
        (("brittanymama14@example.org", CONTACT), "find brittanymama on insta", "part"),
    ],
)
def test_spans_say_how_they_were_found(name, text, way):
    """The detector of a span names the way."""
    known = KnownIdentifiers([(name, NAME) if isinstance(name, str) else name])
    assert f"known.{way}" in {span.detector for span in known.detect([text])[0]}
    assert all(span.detector.startswith("known.") for span in known.detect([text])[0])


@pytest.mark.parametrize(
    ("values", "text", "expected"),
    [
        (["Maria Lopez"], "Mria Lopez called", ["Mria Lopez"]),
        (["Mary-Kate Olson"], "mary kate and Kate, Olsen too", ["mary kate", "Kate", "Olsen"]),
        ([("Good Harbor Hospital", FACILITY)], "At Good Habor Hospital", ["Good Habor Hospital"]),
        (["Jayden"], "Jaydens room and jayden's", ["Jayden", "jayden"]),
        (["Liz"], "Elizabeths calls", ["Elizabeth"]),
        (["Charlotte", "Drake"], "charlotte drake was here", ["charlotte", "drake"]),
        (["Ebony", "Drake"], "ebony drake was here", ["ebony", "drake"]),
        (["Maria"], "thanks maria l. and Maria L called, maria k", ["maria l", "Maria L", "maria k"]),
        (["Maria"], "maria i think, maria u rock, maria b real", ["maria", "maria", "maria"]),
        (["Sage", "Callan"], "thank you\nsage and Callan", ["sage", "Callan"]),
        (["Trisha", "Irvin"], "thanks, TrishaIrvin", ["TrishaIrvin"]),
        (["Stella"], "Steellas voice", ["Steellas"]),
        (["Cortes"], "sesiones fueran más cortas para mi", []),
        (["Ana"], "sooo tired, 5am, b4 the gr8 day", []),
        (["Sam"], "up at 5am", []),
        (["Amy"], "@my house", []),
        (["Ian"], "i a n", ["i a n"]),
        (["Maria"], "http://x.co/mria9z", []),
        (["Maria"], "[NAME] mria [NAME-12]", ["mria"]),
    ],
)
def test_exact_places(values, text, expected):
    """Each mention is found at its place."""
    known = KnownIdentifiers([(value, NAME) if isinstance(value, str) else value for value in values])
    found = sorted((span.start, span.end) for span in known.detect([text])[0])
    assert [text[a:b] for a, b in found] == expected


# -- what must always hold -------------------------------------------------------------------------

LISTED = words("""
    maria elizabeth jayden katherine samantha brittany gonzalez hernandez sullivan kowalski bridget janelle
    matthew christopher guadalupe theresa oceanside killeen davenport
    """)
KNOWN = KnownIdentifiers([(name.title(), NAME) for name in sorted(LISTED)])
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
AROUND = st.lists(
    st.one_of(
        st.sampled_from(
            ["and", "my", "coach", "called", "the", "with", "it.", "So,", "(", "-", "!!", "\n", "👍", "it's"]
        ),
        st.text(st.characters(exclude_characters="[]"), max_size=6),
    ),
    max_size=4,
).map(" ".join)


@st.composite
def edited(draw, name):
    """A name with one letter put in, left out, replaced or swapped; two in long ones."""
    for _ in range(draw(st.integers(1, 2)) if len(name) >= 8 else 1):
        at = draw(st.integers(0, len(name) - 2))
        letter = draw(st.sampled_from(ALPHABET))
        name = draw(
            st.sampled_from(
                [
                    name[:at] + letter + name[at:],
                    name[:at] + name[at + 1 :],
                    name[:at] + letter + name[at + 1 :],
                    name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                ]
            )
        )
    return name


@st.composite
def disguised(draw, name):
    """A name stretched, spaced, in other letters, or with a digit in a letter's place."""
    at = draw(st.integers(1, len(name) - 1))
    back = {latin: other for other, latin in ((chr(a), chr(b)) for a, b in LOOK_ALIKES.items())}
    return draw(
        st.sampled_from(
            [
                name[:at] + name[at] * draw(st.integers(2, 9)) + name[at:],
                draw(st.sampled_from([" ", "-", ".", " . ", "*", "_"])).join(name),
                name[:at] + back.get(name[at], name[at]) + name[at + 1 :],
                name[:at] + {"a": "4", "e": "3", "i": "1", "o": "0"}.get(name[at], name[at]) + name[at + 1 :],
            ]
        )
    )


@st.composite
def variants(draw):
    """A listed name in a spelling that the policy covers."""
    name = draw(st.sampled_from(sorted(LISTED)))
    short = [other for other, how in relatives().get(name, {}).items() if how is Kinship.SHORT]
    kind = draw(st.sampled_from(["edited", "disguised", "short", "as it is"]))
    if kind == "edited":
        written = draw(edited(name))
        usage = Usage.of(word_hashes([written]))
        # What is a word, or a slip away from a frequent one, is left to the context.
        assume(usage.standing[0] == Standing.UNSEEN and not _are_slips([written]))
    elif kind == "disguised":
        written = draw(disguised(name))
    else:
        written = draw(st.sampled_from(short)) if kind == "short" and short else name
        assume(len(written) > 3 or written == name)  # a short form of three letters is left to the context
        usage = Usage.of(word_hashes([written]))
        assume(usage.standing[0] != Standing.WORD and not usage.is_everyday[0])
    case = draw(st.sampled_from([str, str.upper, str.title]))
    form = draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
    return unicodedata.normalize(form, case(written))


@given(AROUND, variants(), AROUND)
@example("", "mariaaa", "")
@example("So,", "M.A.R.I.A", "(")
def test_a_variant_is_found_in_any_text(before, written, after):
    """A covered spelling of a listed name is found in any case and form, whatever stands around it."""
    text = f"{before} {written} {after}"
    first = len(before) + 1
    own = {
        at for at in range(first, first + len(written)) if unicodedata.normalize("NFKC", text[at]).isalnum()
    }
    assert own <= covered(KNOWN, text)


@given(st.lists(st.tuples(AROUND, variants(), AROUND).map(" ".join), min_size=1, max_size=6), st.randoms())
def test_a_batch_finds_what_each_text_holds(texts, rng):
    """Alone, in a batch, in another order, and by a detector that has seen nothing: the same spans."""
    alone = [KNOWN.detect([text])[0] for text in texts]
    assert KNOWN.detect(texts) == alone
    order = list(range(len(texts)))
    rng.shuffle(order)
    assert KNOWN.detect([texts[at] for at in order]) == [alone[at] for at in order]
    fresh = KnownIdentifiers([(name.title(), NAME) for name in sorted(LISTED, reverse=True)])
    assert fresh.detect(texts[::-1]) == alone[::-1]


def test_a_detector_can_be_sent_to_another_process():
    """A detector that was pickled finds the same."""
    texts = ["coach mria", "m a r i a", "Beth"]
    assert pickle.loads(pickle.dumps(KNOWN)).detect(texts) == KNOWN.detect(texts)


def test_what_is_remembered_is_bounded(monkeypatch):
    """When too many words were seen they are forgotten, and nothing changes."""
    monkeypatch.setattr("ppdarchive.detectors.known.readings._MOST_REMEMBERED", 8)
    known = KnownIdentifiers([("Maria", NAME)])
    for number in range(5):
        text = " ".join(f"word{chr(97 + number)}{letter}" for letter in ALPHABET) + " mria"
        assert is_found(known, text, "mria")
    assert len(known._readings._seen.places) < 40


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("Elizbeth", Tier.REDACT),
        ("maria", Tier.REDACT),
        ("elizbeht", Tier.REDACT),  # two edits: uncertain in an answer
        ("Samuel", None),
    ],
)
def test_the_gate_takes_less_for_sure(text, tier):
    """A spelling that leaves some doubt in an answer is sure in a package."""
    spans = residual([f"x {text} x"], KNOWN)[0]
    assert {span.tier for span in spans} - {Tier.UNCERTAIN} == ({tier} if tier else set())
