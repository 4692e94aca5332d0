"""Names that are words are told from words, and ordinary sentences hold no name."""

from __future__ import annotations

import pytest

from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.known.words import words
from ppdarchive.model.span import TextCategory, Tier

NAME = TextCategory.NAME
WORDS = words("""
    Hope Grace Faith Will May Summer Joy Mark Bill Rose Dawn Angel Star Love Long Day Young King Small
    Best Page Drew Sue Pat Chase Miles Max Art Rob Ray Jan June August Lane Brook Don Haven Melody
    Harmony Destiny Trinity Precious Christian Major Hunter Sunny Penny Candy Ginger Olive Violet Ivy
    Iris Holly Robin Frank Jack Carol Guy Rich Baker Cook Walker Green Brown White Gray
    """)
KNOWN = KnownIdentifiers(
    [
        *((word, NAME) for word in WORDS),
        ("Will Young", NAME),
        ("Mobile", TextCategory.LOCATION),
        ("Normal", TextCategory.LOCATION),
        ("Great Falls", TextCategory.LOCATION),
        ("Good Harbor", TextCategory.FACILITY),
        ("New Hope Church", TextCategory.FACILITY),
    ]
)


def verdict(text, known=KNOWN):
    """The surest tier of what is found in a text."""
    tiers = {span.tier for span in known.detect([text])[0]}
    return "redact" if Tier.REDACT in tiers else "uncertain" if tiers else "none"


SURE = """
    my coach hope was amazing
    coach Grace called every week
    my coach, Faith, listened
    her name was joy
    her name's hope
    a baby named chase
    I called Rose when I cried
    then Will came home
    and Mark watched the kids
    we named her Summer
    my husband Will works nights
    my son Max is colicky
    I talked to Dawn about it
    baby Hope slept
    thanks to Joy I felt better
    Ms. Penny was sweet
    Dr. Young told me to rest
    grace's voice was calm
    Hope's calls saved me
    Hope’s calls saved me
    I told Hope everything
    Love you Grace Lopez
    My counselor was Dawn
    Sgt. Baker helped
    with Will Young on the phone
    born at Good Harbor in 2014
    we go to new hope church
    I love my Ginger
    Hope said it gets better
    Grace listened to me
    Mark told me to call
    I was in Mobile in June
    """.strip().splitlines()
UNSURE = """
    hope called me every tuesday
    i talked to grace every week
    calls with joy were great
    thanks to faith i am better
    when miles screamed i cried
    Grace was there for me
    Hope is great
    my coach will call
    MY COACH AND GRACE TALKED
    Faith
    - Grace
    we lived in good harbor then
    since May I am fine
    my grace is running out
    will young called me
    """.strip().splitlines()
NONE = """
    i have hope now
    it gave me hope and joy
    there is hope for us
    by the grace of god
    i had faith in it
    i will try again
    it may help some moms
    you will love it
    love the program
    Love the program
    i love it
    a long day with the baby
    Long days and nights
    every day was hard
    one small goal a week
    Small goals helped
    best part was the calls
    Best thing ever
    the best program
    in the summer it was hot
    the sun rose and i was up
    i drew a bath
    it was the brand new page
    page 3 was confusing
    mark it as done
    the bill was too high
    i don't know
    don't change a thing
    I haven't finished
    Don't rush it
    Don’t rush it
    the mobile site was slow
    my mobile number
    Mobile site is slow
    feel normal again
    Normal people get it
    may i ask
    May I ask
    10 minutes max
    young moms need this
    Young moms need this
    being a mom is a joy
    joy and pain
    what a joy
    a star rating
    five stars
    king size bed
    guy on the phone
    you guys are great
    rich in detail
    cook dinner
    Cook dinner first
    green and brown
    my white noise machine
    art therapy helped
    sue them
    pat on the back
    she chased me
    chase my dreams
    miles away from any help
    a major depression
    christian music helped
    precious time
    penny for your thoughts
    will power
    good will
    Will there be more?
    Will you add more?
    So glad
    in harmony
    the hope is real
    some hope
    no hope
    lost hope and faith
    saving grace
    give yourself grace
    grace period
    with grace and love
    with love
    Love and hugs
    love, a thankful mom
    daddy day care
    what a day
    the day
    I would love more
    12 WEEKS LONG
    the walker was for my mom
    i was frank with her
    private green room
    """.strip().splitlines()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text.strip(), "redact") for text in SURE),
        *((text.strip(), "uncertain") for text in UNSURE),
        *((text.strip(), "none") for text in NONE),
    ],
)
def test_context_decides_names_that_are_words(text, expected):
    """What stands around a word says whether it is a name, may be one, or is the word."""
    assert verdict(text) == expected


def test_a_judgement_stays_the_same_in_any_batch():
    """Judged alone, together, and behind other texts, each sentence keeps its verdict."""
    texts = [text.strip() for text in (*SURE, *UNSURE, *NONE)]
    alone = [KNOWN.detect([text])[0] for text in texts]
    assert KNOWN.detect(texts) == alone
    assert KNOWN.detect(["Hope", *texts[::-1], "grace"])[1:-1] == alone[::-1]


COMMON_NAMES = words("""
    Maria Elizabeth Katherine Jessica Ashley Brittany Amanda Samantha Stephanie Jennifer Megan Rachel
    Lauren Danielle Nicole Heather Melissa Michelle Tiffany Kimberly Rebecca Christina Kayla Courtney
    Crystal Amber Erin Kelly Andrea Sarah Laura Emily Hannah Olivia Sophia Isabella Charlotte Abigail
    Madison Chloe Avery Ella Lily Zoe Nora Hazel Aurora Savannah Brooklyn Bella Claire Skylar Lucy
    Paisley Everly Anna Caroline Nova Genesis Emilia Kennedy Maya Willow Kinsley Naomi Aaliyah Elena
    Ariana Allison Gabriella Alice Madelyn Cora Eva Serenity Autumn Adeline Hailey Gianna Valentina Isla
    Eliana Quinn Nevaeh Sadie Piper Lydia Alexa Josephine Emery Julia Delilah Arianna Vivian Kaylee
    Sophie Brielle Jayden Liam Noah Mason Ethan Logan Aiden Lucas Jackson Oliver Elijah Carter Owen
    Wyatt Landon Caleb Brayden Gavin Julian Levi Isaac Brian Kevin Justin Tyler Brandon Kyle Sean Eric
    Jason Adam Nathan Dustin Travis Derek Shane Cody Marcus Trevor Corey Jared Garcia Martinez Rodriguez
    Hernandez Lopez Gonzalez Ramirez Torres Rivera Nguyen Patel Johnson Williams Jones Davis Wilson
    Anderson Thompson Jackson Harris Lewis Robinson Clark Allen Wright Scott Adams Nelson Carter
    Mitchell Roberts Phillips Campbell Evans Edwards Collins Stewart Morris Rogers Reed Cook Morgan
    Bailey Cooper Richardson Cox Ward Peterson Watson Kelley Sanders Bennett Hughes Foster Simmons
    Butler Patterson Jordan Reynolds Hamilton Graham Wallace Sullivan Bridget Janelle Norm Marting
    Freida Theresa Carrie Callie Stella Merry Reilly Corrine Darla Dona Wells Banks Bauer
    """)
ORDINARY = """
    the program was really helpful and i loved the calls
    my coach really listened and always called when she said
    honestly it was the brain fog that got me, mom brain is real
    i carried her around all night because she was colicky
    my husband works nights and thought i was fine
    my doctor told me to try zoloft and it helped alot
    we wanted to merry up the room with some color
    i liked the carrots joke in session three
    becuase of teh baby i coudnt sleep
    thier videos were to long for me
    she was a freind when i had noone
    realy good, definately reccomend it
    the VA never called me back about my C-section
    the forms were confusing and the norm is to give up
    i marched through it one page at a time
    marketing emails were annoying
    my baby carries a cold from daycare
    the coach called, cared, and collected my goals
    more reminders, fewer modules, and a mobile app
    MomMoodBooster helped me with my mood
    i was in the NICU for weeks and then home alone
    they should offer it sooner after birth
    postpartum depression is not talked about enough
    breast feeding was harder then the army
    the relaxation exercise was great at bedtime
    it kept me accountable and on track
    no complaints, thank you so much
    i wish it was longer, 6 weeks is not enough
    sleeep deprivation is soooo hard
    omg yesss the coach was awesommme
    what helped was knowing i wasnt alone
    nothing to change!!
    idk maybe add spanish
    me gustaria que fuera en español
    gracias por todo, me ayudó mucho
    the sertraline made me nauseous
    my anxiety and ptsd got worse in the winter
    her advice was spot on
    I'd have liked texts rather than phone calls
    we'll see how it goes, can't complain
    working on negative thoughts every day
    thinking about how I talk to myself
    i learned to plan pleasant activities
    the library was full of useful info
    mood tracking, graphs and the videos of other moms
    being deployed while pregnant was rough
    my unit didnt care that i was pumping
    the commissary was the only place i went
    my mother in law took over
    time for myself, finally
    """.strip().splitlines()
ORDINARY_KNOWN = KnownIdentifiers([(name, NAME) for name in COMMON_NAMES])


@pytest.mark.parametrize("text", [text.strip() for text in ORDINARY])
def test_ordinary_sentences_hold_no_name(text):
    """Of two hundred names and more, none is found in what participants write of other things."""
    assert verdict(text, ORDINARY_KNOWN) == "none"
    assert verdict(text.lower(), ORDINARY_KNOWN) == "none"
    assert verdict(text.upper(), ORDINARY_KNOWN) != "redact"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my husband brain works nights", "uncertain"),
        ("my coach carry was kind", "uncertain"),
        ("her name is carry", "uncertain"),
        ("I told Brain about it", "uncertain"),
        ("Brain said it gets better", "uncertain"),
        ("the brain fog", "none"),
        ("mom brain", "none"),
        ("Brain fog is real", "none"),
    ],
)
def test_a_word_is_a_misspelt_name_only_where_a_name_is_likely(text, expected):
    """A word of English is taken for a misspelt name only behind what announces one."""
    assert verdict(text, ORDINARY_KNOWN) == expected
