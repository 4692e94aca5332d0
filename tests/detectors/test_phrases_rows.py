"""Sentences as people write them: what the phrases find in them, in three casings, and what they leave."""

from __future__ import annotations

import pytest

from ppdarchive.detectors.phrases import Phrases
from ppdarchive.model.span import TextCategory, Tier

PHRASES = Phrases()
CASINGS = {"as written": str, "small": str.lower, "capitals": str.upper}
STAYING = {"phrases.state", "phrases.country"}
"""Rules whose spans a standard lets stay."""

# A row with a star is found only as it is written: without its capital it could be anything.
FOUND = {
    "NAME": r"""
        my coach <maria> was a godsend, she called every tues
        my coach <Brenda> always listened
        coach <tina> was so patient with me
        coach <hope> called every week
        my coach <grace> never judged me
        the nurse, <Kim>, was kind
        nurse <kim> was kind
        dr <patel> told me it was hormones
        Dr. <Nguyen> put me on meds
        dr <gonzalez> from the clinic
        mrs <lopez> next door helped
        Mr. <Johnson> at the front desk
        ms <garcia> was late
        miss <Penny> watched the kids
        my son <jayden> was colicky
        my son <Jayden> and my daughter <Mia> fight
        my daughter <emma> was born early
        our baby <Noah> never slept
        my husband <mike> was deployed
        my husband, <Mike>, was deployed
        my wife <sarah> got me help
        my sister <jessica> came over
        aunt <rosie> watched him
        my mother in law <linda> said it was baby blues
        my mother-in-law, <Linda>, said that
        my mil <Debbie> moved in
        my bf <tyler> left
        my ex husband <brandon> calls
        my oldest, <Madison>, goes to school
        my oldest (<Madison>) goes to school
        my 3 year old <Liam> is jealous
        my two year old, <Olivia>, is jealous
        my twins <Ava> and <Ella> slept
        our kids <Ethan> and <Chloe> loved it
        my kids, <Ethan>, <Chloe> and <Mason>, loved it
        my friend <ashley> did it too
        my best friend <Ashley Miller> did it too
        my therapist <karen> quit
        my boss <steve> was nice
        my midwife <heather> knew
        my doula <shannon> helped
        my neighbor <Kelly> helped
        my name is <kayla>
        my name is <Kayla Moss>
        her name is <hope>
        his name is <Xzavier>
        my name's <Kaylan> and i
        a girl named <destiny>
        a baby named <Zaylee>
        my coach's name was <Patricia>
        the coach named <Sue> was best
        we call him <Bubba>
        we called her <Lulu>
        everyone calls me <Jen>
        this is <kayla> again
        hi this is <Kayla>, again
        i'm <Samantha>, a mom of two
        im <amanda> and i was in the army
        i am <rachel>
        signed, <J.L.>
        my initials are <S.G.> if you need them
        my initials are <sg>
        it was good\n- <Tina>
        it was good.\n\n-<Tina>
        it was good - <tina>
        thanks, <phil>
        thank you, <Maria>
        Thank you so much <Brenda>!
        thanks again <brenda>
        love, <Jen>
        xoxo <Bri>
        sincerely, <Danielle Brooks>
        Sincerely,\n<Danielle Brooks>
        Respectfully,\n<Melissa>
        it helped a lot\n<Emily>
        it helped a lot\n\n<Sandra Aguilar>
        <Tina>
        hi <tina>, thanks for everything
        Hi <Tina>!
        dear <maria>
        Dear Mrs. <Lopez>,
        hey <brittany> you were great
        loved talking to <Brenda> each week
        talking with <michelle> saved me
        i miss <Janelle> so much
        ask for <danielle> at the desk
        shout out to <Melissa>
        kudos to <Melissa>
        <troy horton> said so
        i saw <maria lopez> there
        <Maria K. Lopez> told me
        <J. L. Smith> wrote it
        <ben> and <kayla> were sick
        <Kayla> told me it was ok
        then <jessica> called me back
        it was <Jayden>'s nap time
        during <olivia>'s naps
        the partner pages made <Brian> understand
        the partner site helped <kevin> see it
        when <Alana> woke up
        with <Wyatt> on my lap
        after <Emily> was born
        i cried about <Savannah>
        i had <Wyatt> at home
        my dad <Robert> passed away
        grandma <Betty> came
        uncle <Joe> drove me
        my stepdad <Gary> is mean
        my fiance <Carlos> works nights
        my hubby <Chris> is great
        my partner (<Dave>) is great
        pastor <Williams> prayed
        chaplain <Reed> came
        my lactation consultant <Amy> helped
        mi hijo <mateo> duerme bien
        mi hija <Valentina> no duerme
        mi esposo <Carlos> trabaja mucho
        la señora <gomez> me ayudó
        se llama <Lucía>
        me llamo <Yesenia>
        mi coach <Marisol> me escuchaba
        gracias <Maria>
        hola <Rosa>, gracias
        mi suegra <Carmen> vino
        mi bebé <Santiago> nació
        doña <Carmen> la vecina
        el señor <Ramirez> llamó
        call with <antoino> on the line
        thank her for me, her name was <Lorraine>
        my battle buddy <Vernon> watched him
        my sponsor <Denise> is moving
        the neighbor (<Ruth>) has kids
        our son <Elijah> is 4
        my niece <Harper> stays with us
        cousin <Angela> had it too
        my roommate <Caitlin> babysits
        Pastor <Johnson> married us
        rev <Thompson> came by
        prof <Alvarez> told me
        * Dr. <A.> is great
        my psychiatrist dr <feldman> retired
        goes by <Teddy>
        nicknamed <Peanut>
        aka <Bubba>
        the baby, <Theodore>, is fine
        our preemie <Lucas> came home
        my twin <Abigail> too
        my 6 month old <Oliver> teethes
        my granddaughter <Sophia> visits
        papa <Frank> built it
        tia <Rosa> cooks
        god bless <Karen>
        i asked <Melanie> to stay
        <Hannah> and <Lily> made it bearable
        thanks <Stephanie> for all of it
        * Best,\n<Courtney Hill>
        ~ <Alicia>
        - <Alicia Brown>
        soy <Guadalupe>
        mi hermana <Leticia> me dijo
        mi terapeuta <Alejandra> es buena
        """,
    "LOCATION": r"""
        we live in <Duluth>
        we live in <Duluth, MN>
        i live in <iowa city> ia
        i live in <Des Moines>, Iowa
        we moved to <San Antonio>
        moved from <Tulsa> last year
        i grew up in <Sioux City>
        born and raised in <Omaha>
        stationed in <Colorado Springs>
        we were stationed at <Fort Bragg>
        at <fort hood> nobody helped
        at <ft bragg> nobody helped
        <camp lejeune> was home
        down at <NAS Jacksonville>
        near <nas jax>
        we were at <JBLM>
        <Joint Base Lewis-McChord> was rainy
        at <Whiteman AFB>
        at <Nellis Air Force Base>
        back at <Naval Station Norfolk>
        i was on the <USS Nimitz>
        on the <USS Ronald Reagan> for two years
        the <uscgc marrow> was home
        my mom is in <Clovis>
        * my mom is back in <Bend>
        a clinic near <Spokane>
        outside of <Boise>
        out of <Minneapolis>
        in <polk county>
        in <Linn County>
        the <Cascade County> people
        * nobody in <Cascade Co.>
        county of <Johnson>
        i am from <Chicago>
        i commute to <Denver>
        drive to <Cedar Rapids> every week
        flew to <San Diego>
        two hours from <Albuquerque>
        in downtown <Seattle>
        in the <Seattle area>
        in <cedar falls, iowa>
        from <portland oregon>
        <austin, tx> is hot
        in <Las Cruces, NM> now
        we pcsed to <El Paso>
        PCS to <Okinawa>
        i live on <Sycamore Street>
        off <Dunmore Pkwy>
        on <N. Main St> by the store
        on the corner of <Oak and 5th>
        the town of <Ames>
        vivo en <San Antonio>
        vivimos en <El Paso>, Texas
        soy de <Laredo>
        we relocated to <Tacoma>
        we got orders to <San Diego>
        <Fort Wayne, Indiana>
        i drive to <Sioux Falls> for it
        a farm outside <Muscatine>
        near downtown <Memphis>
        in rural <Kossuth County>
        from <Guam>
        in <Honolulu>
        homeported in <Yokosuka>
        based in <Ramstein>
        born in <Topeka>
        grew up on <Camp Pendleton>
        at <camp pendleton> for years
        we were at <Eglin AFB>
        at <MacDill>
        i left <lackland> in tears
        living in <spokane washington>
        a small town called <Ames>
        """,
    "FACILITY": r"""
        she was born at <Mercy Hospital>
        born at <St. Mary's>
        at <st lukes hospital> in june
        <Walter Reed> was better
        they sent me to <UIHC>
        delivered at <Madigan>
        at <Bellwether Birth Center>
        the <iowa city VA> never did
        the VA in <iowa city> never did
        VA clinic in <Duluth>
        at the <Des Moines VA> they
        at <Minneapolis VAMC>
        <Cedar Rapids Vet Center> has a group
        vet center in <Spokane>
        * <Blessed Sacrament Church> brings food
        my church is <Holy Cross Lutheran>
        <Willow Bend Elementary> is close
        she goes to <Lincoln High School>
        he goes to <Roosevelt Middle School>
        at <Starfish Montessori> three days
        * at <Little Sprouts Daycare>
        i go to <Kirkwood Community College>
        a student at <Iowa State University>
        at the <University of Iowa>
        the <Oak Hollow Library> has story time
        at the <Cedar Rapids YMCA>
        <Tripler> was far
        <Naval Medical Center San Diego>
        at <Brooke Army Medical Center>
        at <Johns Hopkins>
        at <Mayo Clinic>
        en el hospital <San Juan>
        at <Cook County Hospital>
        at <Providence Medical Center>
        the nurses at <Mercy> were kind
        seen at the <Omaha VA>
        the <sioux falls va> lost it
        my therapist at the VA in <Denver>
        the Vet Center in <Boise>
        at <Landstuhl>
        at <Womack>
        went to <Lincoln Elementary>
        at <Drake University>
        goes to <Jefferson Middle School>
        we go to <First Baptist Church>
        at <grace lutheran church>
        at <St. Joseph's Hospital>
        at <KinderCare>
        """,
    "ORGANIZATION": r"""
        i work at <Walmart>
        i work at <target> nights
        i work for <John Deere>
        my husband works for <Tyson Foods>
        he works at <amazon>
        my husband is at <Larkin Freight>
        i got hired at <Costco>
        started at <Rockwell Collins> last month
        <Acme Widgets LLC> fired me
        i joined <Team RWB>
        the <Duluth Police Department> came
        the <Cedar Falls school district> is bad
        <DHS> called me
        i work for the <FBI>
        my job at <Starbucks>
        trabajo en <Walmart>
        my mom works at <Hy-Vee>
        hired at <Amazon>
        he works for <Lockheed Martin>
        i was fired from <Wells Fargo>
        i work for <FedEx>
        i work at <starbucks> part time
        my job at <McDonalds>
        works at <Deere>
        joined the <American Legion>
        the <Omaha Police Department> did
        """,
    "MILITARY": r"""
        in the <101st airborne>
        with the <2/7 marines>
        with <1st cav> in iraq
        <B company 3rd bn> was rough
        i was with <VFA-31>
        in <3rd ID>
        the <82nd Airborne Division>
        the <2188th Transportation Company>
        <HHC 5th Sustainment> was rough
        <4th Infantry Division>
        <1st Marine Division>
        <25th ID> guys
        <10th Mountain>
        <3rd Brigade>
        <1-9 CAV>
        <sgt lopez> was mean
        <SSG Miller> said so
        <LTC J. Ray> retired
        my CO <captain harris> knew
        <gunny ledford> yelled
        <Staff Sergeant Miller> helped
        <first sergeant brown> helped
        <petty officer jones> was nice
        <drill sergeant davis> yelled
        <Colonel Martinez> retired
        i did <OIF>
        <oef> and came home
        during <Operation Enduring Freedom>
        <operation iraqi freedom> vet
        a <desert storm> vet
        <OIF II> was bad
        as a <68W> you learn
        i was a <92G>
        * <11B> for life
        i was a <42a> clerk
        as an <HM2> in the navy
        a <3D0X2> in the air force
        my mos was <0311>
        deployed to <Kandahar in 2012>
        deployed to <iraq in 2005>
        <fallujah 04> was bad
        after <Mosul> i had nightmares
        two tours, <Ramadi in 2008> and <Djibouti in 2011>
        * boot camp at <Parris Island>
        * basic training at <Fort Jackson>
        <alpha company> was home
        my <1SG Miller> said no
        <Lt. Col. Harris> signed it
        <Petty Officer Nguyen> drove me
        <Cpl. Ortega> died
        with <2-35 AVN>
        in the <3/75 Rangers>
        with <HMLA-169>
        <1st Battalion 5th Marines>
        <173rd Airborne> wife
        in the <10th Mountain Division>
        <5th Special Forces Group>
        <Bravo Company> was home
        with <charlie troop 3-61>
        <OIF/OEF> veteran
        <Operation Inherent Resolve> vet
        did <desert shield> too
        i was a <88M> driver
        as a <35F> i
        my mos was <92Y>
        deployed to <Afghanistan in 2010>
        tour in <Iraq> broke me
        <Baghdad 2005> was worse
        in <helmand> i saw
        back from <Bagram>
        """,
    "PROFESSION": r"""
        she is the <county's only midwife>
        i was the <only female EOD tech in my unit>
        the <first female pilot in the squadron>
        i'm a <funeral director> around here
        the county <coroner> came
        i was the <only female mechanic in my company>
        being a <harbor pilot> in town is odd
        """,
}

LEFT = r"""
    my son may need it
    my son will not sleep
    my daughter will sleep
    my coach will call
    my coach may call
    coach said no
    my coach said so
    the coach was great
    my coach hoped i would call
    coaches will help
    my baby will sleep
    i have hope
    she gave me hope
    she gave me hope and faith
    faith in myself
    a grace period
    there was a grace period and nobody fussed
    baby blues are real
    my sister kept saying it's just the baby blues
    aunt flo came to visit
    uncle sam pays me
    i will do it again
    i may do it again
    in may i quit
    may be good
    it was a joy to talk to her
    a ray of sunshine
    she was my rock
    mark my words
    the bill came
    to be frank
    at dawn i was up
    i rose at 6
    a rose by any name
    the summer after
    summer was better
    autumn was harder
    april was hard
    june was better
    the crystal clear videos
    an amber light
    a penny saved
    art therapy helped
    a lily on the table
    violet light
    the ivy league
    a hazel eyed girl
    she has heart
    an olive branch
    pat on the back
    she chased me down
    we drew pictures
    i grant that
    a gene for it
    don't stop
    they don't call
    it isn't her
    jack of all trades
    my will is strong
    god willing
    thank god
    thank goodness
    thank you all
    thank you for everything
    thanks for the calls
    thanks to the program
    thanks to my coach
    thanks so much
    hi there
    hello everyone
    dear coach
    dear program
    love it
    love her
    love the calls
    sincerely
    MomMoodBooster was great
    I liked the MomMoodBooster program
    the mood chart
    my Mood was low
    Zoloft helped
    i take zoloft and prozac
    on Lexapro now
    after my C-section
    a c section
    the NICU was scary
    my baby was in the NICU for five weeks
    i have PTSD too
    MST and PTSD
    the VA never did
    the VA is far
    my va doctor
    the Army taught me
    in the Army
    in the Navy
    in the Marines
    in the Air Force
    i am a veteran
    a vet like me
    the nearest VA is 90 miles away
    my WIC office
    a WIC appointment
    EPDS score
    the CBT part
    in Spanish please
    more in spanish
    the Skype calls
    on facebook
    i googled it
    my iPhone died
    the Android app
    on Netflix
    the website was slow
    in bed
    in my house
    in the house
    in the morning
    in reading it
    in person
    in general
    live in fear
    live in the middle of nowhere
    i live way out
    moved in with my mom
    moved to tears
    we moved twice
    moving every two years
    stationed overseas
    i was stationed far away
    the local hospital
    at the hospital
    a birth center
    a women's clinic
    at the va clinic
    the women's clinic at the VA
    a mental health clinic
    the emergency room
    in elementary school
    my high school
    in high school
    a public school
    community college
    day care is expensive
    the daycare called
    at church
    my church helped
    the church
    the library
    a library
    the shelter
    at the park
    go to the gym
    work at home
    worked for me
    it works for me
    i work at night
    i work nights
    went back to work
    at work they
    joined a group
    i joined the army
    a support group
    my insurance
    the insurance company
    a credit union
    the police department came
    the school district
    the fire department
    my unit was great
    my unit deployed
    boot camp was hard
    basic training was easier
    the operation went well
    private message
    a private room
    general practice
    major depression
    major surgery
    my chief complaint
    a captain of my life
    my 1st baby
    the 2nd call
    my 3rd session
    session 3
    week 5 was hard
    at 11a
    at 9p
    5 to 10 minutes
    1/2 of it
    24/7 support
    the 5th time
    my 4th child
    4th trimester
    a company of women
    good company
    the program felt like company
    deployed twice
    when my husband was deployed
    my deployment was hard
    a tour of the site
    the only one
    the only thing
    the only person i talked to
    the first time
    my first baby
    the first call
    the only mom
    i watch the news
    good news
    i read the paper
    paper worksheets
    first sergeant's time
    sgt
    my sergeant was mean
    my doctor told me
    the doctor said
    doctor visits
    dr appointment
    my dr said
    i asked dr google
    a nurse called me
    the nurse was kind
    i'm a nurse
    my mom and dad
    my mom said
    mom and baby
    my husband and i
    my husband works nights
    my hubby says
    my wife is great
    my partner read it
    my friend did it
    my oldest is 5
    my youngest never sleeps
    baby number two
    i am tired
    im so tired
    i'm sad
    this is great
    this is my story
    it's great
    its ok
    her name is on the form
    the name is wrong
    my name was wrong
    we call it a win
    they call me every week
    i call her weekly
    call me
    named after her
    signed up online
    - the calls\n- the website\n- the coach
    1) calls\n2) coach
    nothing
    Nothing\n\nEverything
    Hope
    Support
    Everything
    n/a
    N/A
    idk
    calls. coach. everything.
    The Coach
    The Phone Calls
    LOVED IT
    I LOVED THE PROGRAM
    MY COACH WILL CALL
    MY SON MAY NEED IT
    to whom it may concern
    my county has none
    in my town
    small town, everyone talks
    the city bus
    a big city
    on the street
    across the street
    down the road
    the long road
    on base
    off base
    at the base
    summer camp
    in camp
    hold the fort
    like a ship
    states and countries
    in the states
    the west coast
    on the east coast
    turkey dinner
    mi mamá me ayudó
    mi hijo duerme
    mi esposo trabaja
    la señora era buena
    mi bebé no duerme
    la doctora dijo que
    gracias por todo
    muchas gracias
    hola a todos
    me llamo la coach
    se llama depresión
    mi coach era muy buena
    """


def lines(table):
    """The lines of a table, with line ends where they are written."""
    return [line.strip().replace(r"\n", "\n") for line in table.strip().splitlines()]


def written(row, casing):
    """A row in a casing, without its star; None where it is not to be found so."""
    if row.startswith("* "):
        return row.removeprefix("* ") if casing == "as written" else None
    return CASINGS[casing](row)


def judged(row, category, spans):
    """Whether all letters between the marks of a row are found as what they are, and no others."""
    sure = [span for span in spans if span.tier is Tier.REDACT]
    own = {at for span in sure if span.category is category for at in range(span.start, span.end)}
    every = {at for span in sure if span.detector not in STAYING for at in range(span.start, span.end)}
    letters, wanted, is_wanted = set(), set(), False
    at = 0
    for letter in row:
        if letter in "<>":
            is_wanted = letter == "<"
            continue
        if letter.isalnum():
            letters.add(at)
            if is_wanted:
                wanted.add(at)
        at += 1
    return wanted <= own and every & letters <= wanted


@pytest.mark.parametrize("casing", CASINGS)
@pytest.mark.parametrize("category", FOUND)
def test_what_is_marked_is_redacted(category, casing):
    """Every letter between the marks is redacted, as what it is, and no letter outside of them."""
    rows = [text for row in lines(FOUND[category]) if (text := written(row, casing)) is not None]
    found = PHRASES.detect([row.replace("<", "").replace(">", "") for row in rows])
    failed = [
        row for row, spans in zip(rows, found, strict=True) if not judged(row, TextCategory(category), spans)
    ]
    assert failed == []


@pytest.mark.parametrize("casing", CASINGS)
def test_what_identifies_nobody_is_left(casing):
    """Nothing is found, not even perhaps."""
    rows = [CASINGS[casing](row) for row in lines(LEFT)]
    assert [row for row, spans in zip(rows, PHRASES.detect(rows), strict=True) if spans] == []
