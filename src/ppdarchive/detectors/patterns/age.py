"""Ages over 89, and a child's age in weeks or months where a date stands near."""

from __future__ import annotations

from typing import Final

from ppdarchive.detectors.patterns.needs import BEFORE_OLD, NEAR_DATE, OLD
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Rule
from ppdarchive.model.span import TextCategory, Tier

_AGE: Final = TextCategory.AGE
_UNIT: Final = "(?:one|two|three|four|five|six|seven|eight|nine)"
_FIGURES: Final = r"(?<![0-9/$#-])(?<![0-9][.,])(?:9[0-9]|1[0-2][0-9])(?![0-9%/]|[.,:-][0-9])"
_SAID: Final = (
    rf"(?<![a-z])(?:nine?ty(?:{GAP}-?{GAP}{_UNIT})?|(?:a|one){SPACE}hundred(?:{SPACE}(?:and{SPACE})?"
    rf"(?:{_UNIT}|ten|eleven|twelve))?)(?![a-z])"
)
_OLD: Final = rf"({_FIGURES}|{_SAID})"
_NO_AGE: Final = (
    rf"(?!{GAP}-?{GAP}(?:lbs?|pounds|degrees|miles|percent|minutes?|mins?|days?|weeks?|months?|hours?"
    rf"|th{SPACE}percentile|bucks|dollars|calories|oz|inches|feet|ft|cm|ml|mg|bpm|proof|kids|people|more"
    r"|times|(?:or|and)\s{1,3}(?:older|over|above|up)|plus|some(?!thing)|f(?![a-z])|%|\+))"
)
_ELDERS: Final = (
    r"(?:grand\s?[a-z]{2,8}|grann?y|gramps|grams?|gramm?[ay]|gran|nana|nanny|me{1,3}maw|ma{1,3}w?maw"
    r"|pa{1,3}w?paw|pap|pop\s?pop|opa|oma|abuel[ao]|abuelit[ao]|bisabuel[ao]|great[ -](?:aunt|uncle"
    r"|[a-z-]{3,14}))(?:'s)?(?![a-z])"
)
_IS: Final = (
    r"(?:(?:just|has|already|now|is|was|turned|turns|'s|at|almost|nearly|only|about|like|being"
    rf"|will{SPACE}be|who|es|tiene|cumplio|she's|he's|she|he){SPACE})"
)

AGE_RULES: Final = (
    Rule(
        name="age-years",
        category=_AGE,
        law="C",
        need=OLD,
        source=(
            _OLD + r"(?:[\s-]{0,2}(?:years?|yrs?|yr|y))?[\s-]{0,2}"
            r"(?:of\s{1,3}age|olds?(?![a-z])|young(?![a-z])|yo(?![a-z])|y/o|y\.o\.?|something)"
        ),
        score=0.97,
        group=1,
        finds=(
            "my grandmother is <94> years old",
            "a <93>-year-old",
            "my <102> year old grandpa",
            "she's <ninety-two> years old",
            "<91>yo aunt",
            "he is <a hundred and two> years old",
            "she is <95> years young",
        ),
        leaves=("89 years old", "90 days old", "90 or older", "ninety days", "90 years ago"),
    ),
    Rule(
        name="age-turned",
        category=_AGE,
        law="C",
        need=BEFORE_OLD,
        source=(
            rf"(?<![a-z])(?:turn(?:ed|s|ing)?|aged?|age{SPACE}(?:of|is|was)|age:|cumpl(?:io|e|ira)"
            rf"|lived{SPACE}to(?:{SPACE}be)?|(?:died|passed|passed{SPACE}away|gone|dead|living){SPACE}at"
            rf"(?:{SPACE}age)?|a{SPACE}los|pushing|going{SPACE}on)"
            rf"{SPACE}(?:only{SPACE}|almost{SPACE}|the{SPACE})?" + _OLD + _NO_AGE
        ),
        score=0.93,
        group=1,
        finds=(
            "he turned <91>",
            "aged <95>",
            "lived to be <ninety seven>",
            "she died at <93>",
            "cumplió <92> en la casa",
            "pushing <90>",
        ),
        leaves=("turned 90 degrees", "turned 100 percent", "going on 90 minutes", "age 34"),
    ),
    Rule(
        name="age-elder",
        category=_AGE,
        law="C",
        need=BEFORE_OLD,
        source=rf"(?<![a-z]){_ELDERS},?{SPACE}{_IS}{{0,3}}\(?" + _OLD + _NO_AGE,
        score=0.92,
        group=1,
        finds=(
            "my grandpa is <93> now",
            "My grandmother is <102> and",
            "grandma (<94>) helps",
            "my nana who is <ninety one>",
            "my pap will be <98> this year",
            "mi abuela tiene <93> ya",
        ),
        leaves=("my grandma lost 90 lbs", "grandma was 90 miles away", "grandpa is 80"),
    ),
    Rule(
        name="age-kin",
        category=_AGE,
        law="C",
        need=BEFORE_OLD,
        source=(
            rf"(?<![a-z])(?:aunt|auntie|uncle|mother|father|mom|dad|mil|fil|in{GAP}-?laws?|neighbor|tia|tio"
            rf"|suegr[ao])(?:{GAP}'s)?,?{SPACE}{_IS}{{1,3}}" + _OLD + _NO_AGE
        ),
        score=0.82,
        group=1,
        finds=("my great aunt is <94> n lives", "my mother in law is <91>"),
        leaves=("my mom is 90 miles away", "dad was 60"),
    ),
    Rule(
        name="age-at",
        category=_AGE,
        law="C",
        need=BEFORE_OLD,
        source=(
            rf"(?<![a-z])at{SPACE}(?:age{SPACE}|the{SPACE}age{SPACE}of{SPACE})?{_OLD},?{SPACE}"
            rf"(?:years{SPACE}old,?{SPACE})?(?:(?:my|his|her|our|the){SPACE}(?:great[\s-])?{_ELDERS}|s?he"
            r"(?![a-z]))"
        ),
        score=0.9,
        group=1,
        finds=("at <96> my great grandma still drives", "at age <91> she fell"),
        leaves=("at 90 my mood was bad", "at 85 my grandma"),
    ),
    Rule(
        name="age-pronoun",
        category=_AGE,
        law="C",
        need=BEFORE_OLD,
        source=(
            rf"(?<![a-z])s?he(?:'?s|{SPACE}(?:is|was|will{SPACE}be|would{SPACE}be))?{SPACE}(?:(?:now|only"
            rf"|almost|nearly|like|about|over){SPACE})?"
            + _OLD
            + _NO_AGE
            + rf"(?={GAP}(?:[.,;!)&]|(?:and|n|but|now|this|so|years|y|with|yet)(?![a-z])|\x00))"
        ),
        score=0.6,
        tier=Tier.UNCERTAIN,
        group=1,
        finds=("he is <94>.", "she's almost <92> now"),
        leaves=("she was 90 lbs", "he called 90 times", "she is 84."),
    ),
    Rule(
        name="age-birthday",
        category=_AGE,
        law="C",
        need=OLD,
        source=(
            r"((?<![0-9.,/$#-])(?:9[0-9]|1[0-2][0-9])\s?(?:th|st|nd|rd)|(?<![a-z])(?:nine?tieth|"
            r"(?:one\s)?hundredth|ninety\s?-?\s?(?:first|second|third|fourth|fifth|sixth|seventh|eighth"
            rf"|ninth))){SPACE}(?:birth{GAP}day|b-?day|cumpleanos)"
        ),
        score=0.95,
        group=1,
        finds=("her <95th> birthday", "grandpa's <ninetieth> birthday", "her <ninety-second> bday"),
        leaves=("his 9th birthday", "the 90th percentile"),
    ),
    Rule(
        name="age-decade",
        category=_AGE,
        law="C",
        need=BEFORE_OLD,
        source=(
            rf"(?<![a-z])(?:in|into|reached|past|entering){SPACE}(?:her|his|their|my|your|sus){SPACE}(?:"
            r"(?:early|mid|late|upper)[\s-])?((?:90|100)'?s(?![a-z])|nineties|noventas)"
        ),
        score=0.93,
        group=1,
        finds=("she is in her <nineties>", "well into his late <90's>", "in their <90s>"),
        leaves=("in the 90s", "in the nineties", "in her 80s"),
    ),
    Rule(
        name="age-noun",
        category=_AGE,
        law="C",
        need=OLD,
        source=(
            r"(?<![a-z])(?:nonagenarian|centenarian|supercentenarian|nonagenari[ao]|centenari[ao])s?(?![a-z])"
        ),
        score=0.9,
        finds=("my aunt, a <centenarian>, says",),
        leaves=("the century",),
    ),
    Rule(
        name="edad",
        category=_AGE,
        law="C",
        need=OLD,
        source=(
            rf"(?<!hace )(?<!por )({_FIGURES}|(?<![a-z])(?:noventa(?:{SPACE}y{SPACE}(?:un|uno|dos|tres"
            rf"|cuatro|cinco|seis|siete|ocho|nueve))?|cien|ciento{SPACE}(?:un|uno|dos|tres|cuatro"
            rf"|cinco))){SPACE}anos(?![a-z])"
        ),
        score=0.93,
        group=1,
        finds=("tiene <93> años", "mi abuela de <noventa y dos> años"),
        leaves=("34 años", "hace 90 años", "90 dias"),
    ),
)

_NUMBER: Final = (
    r"(?:[0-9]{1,3}(?:\s?1/2|\.[0-9])?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|thirteen|fourteen|fifteen|sixteen|eighteen|twenty|(?:una?|dos|tres|cuatro|cinco|seis|siete|ocho"
    r"|nueve|diez))"
)
_SMALL_UNIT: Final = r"(?:weeks?|wks?|wk|months?|mos?|mths?|days?|semanas?|mes(?:es)?|dias?)(?![a-z])"
_CHILD_AGE: Final = (
    rf"(?<![\w.$/-]){_NUMBER}(?:{GAP}(?:-|to){GAP}[0-9]{{1,2}})?[\s-]{{0,3}}{_SMALL_UNIT}(?:,?{SPACE}"
    rf"(?:and{SPACE}|y{SPACE})?{_NUMBER}{GAP}{_SMALL_UNIT})?"
)

CHILD_RULES: Final = (
    Rule(
        name="child-age",
        category=_AGE,
        law="C",
        need=NEAR_DATE,
        source=(
            rf"({_CHILD_AGE})[\s-]{{1,3}}(?:old|of{SPACE}age|early|late|premature|preemie|overdue|postpartum"
            rf"|pp(?![a-z])|pregnant|along|gestation|adjusted|de{SPACE}(?:nacid[ao]|edad|embarazo)|antes"
            r"|check)"
        ),
        score=0.85,
        group=1,
        finds=(
            "Jo was <5 weeks> old on 08/03/2015",
            "born <6 weeks> early on March 5th",
            "at <six weeks> postpartum on 3/14/2019",
            "on 3/14/2019 he was a <10-day>-old",
        ),
        leaves=("Jo was 5 weeks old", "3 weeks late in the fall", "on 3/14/2019 for 3 weeks"),
    ),
    Rule(
        name="child-turned",
        category=_AGE,
        law="C",
        need=NEAR_DATE,
        source=(
            rf"(?<![a-z])(?:turned|turning|turns|was{SPACE}(?:only{SPACE}|just{SPACE}|about{SPACE})?"
            rf"(?:born{SPACE})?(?:at{SPACE})?|born{SPACE}(?:at{SPACE})?|at{SPACE}(?:only{SPACE}"
            rf"|just{SPACE})?|cumplio|tenia|he'?s|she'?s|(?:he|she|baby|son|daughter|lo|kid){SPACE}(?:is"
            rf"|was)|(?:twins|babies){SPACE}(?:are|were)|is{SPACE}now){GAP}({_CHILD_AGE})"
        ),
        score=0.75,
        group=1,
        finds=("on 3/14/2019 when he turned <8wks> i slept", "born at <34 weeks> on March 5th"),
        leaves=("when he turned 8wks", "on 3/14/2019 after 8 weeks"),
    ),
)
