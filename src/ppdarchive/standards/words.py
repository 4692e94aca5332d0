"""Words in the names of fields that tell of a class of identifiers: fragments of regular expressions.

Each stands between word boundaries of a name in lower case with single spaces between its words.
"""

from __future__ import annotations

from typing import Final

# fmt: off

KIN: Final = (
    "baby", "babies", "infant", "newborn", "child", "children", "kid", "son", "daughter", "spouse",
    "husband", "wife", "partner", "mother", "father", "mom", "dad", "parent", "sibling", "brother",
    "sister", "grandmother", "grandfather", "relative", "kin", "family", "household", "roommate",
    "emergency contact", "next of kin", "guardian", "caregiver", "employer", "supervisor", "boss",
    "manager",
)
"""Relatives, household members, employers: the rule speaks of their identifiers too."""

CHILD: Final = (
    "baby", "babies", "infant", "newborn", "child", "kid", "son", "daughter",
)
"""Those among them who are no older than 89."""

_NAMED: Final = (
    "first", "last", "middle", "full", "given", "family", "maiden", "nick", "sur", "legal", "preferred",
    "birth", "former", "contact", "patient", "participant", "respondent", "recipient", "person", "own",
    "coach", "therapist", "doctor", "physician", "provider", "interviewer", "clinician", "nurse", "coder",
)
_NUMBERED: Final = (
    "record", "response", "respondent", "survey", "panel", "external", "participant", "subject", "case",
    "study", "person", "customer", "worker", "prolific", "mturk", "edipi", "dod", "veteran", "service",
    "badge", "employee", "student", "invitation", "return", "access",
)
_PLANS: Final = (
    "insurance", "policy", "subscriber", "beneficiary", "member", "medicare", "medicaid", "tricare",
    "champva", "hicn", "mbi",
)
_EVENTS: Final = (
    "admission", "admitted", "discharge", "discharged", "death", "died", "enrol+ment", "enrolled", "visit",
    "appointment",
)

WORDS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    # Letter, aspect and words. Vehicles stand before licences: a licence plate is one of a vehicle.
    ("L", "", (
        "vin", "vehicle", "licen[cs]e plates?", "number plates?", "plate(?: number| no)?",
        "car registration", "registration plate",
    )),
    ("E", "", ("fax",)),
    ("D", "", (
        "(?:tele)?phones?", "tel", "mobile", "cell(?: ?phone)?", "sms", "whatsapp", "landline", "pager",
        "contact (?:number|no)",
    )),
    ("F", "", (
        "e ?mails?", "mail address",
    )),
    ("G", "", (
        "ssn", "ss no", "social security", "last four of social", "itin",
    )),
    ("H", "", (
        "mrn", "medical record", "chart (?:number|no|id)", "health record", "patient (?:id|number|no)",
        "ehr id", "hospital number",
    )),
    ("I", "", (
        rf"(?:{'|'.join(_PLANS)})(?: card)? (?:id|number|no|identifier|policy)",
        "health plan", "medicaid", "medicare id", "hicn", "mbi",
    )),
    ("J", "", (
        "accounts?", "iban", "routing (?:number|no)", "credit card", "debit card", "card number", "bank",
        "paypal", "venmo",
    )),
    ("K", "", (
        "licen[cs]es?", "certificates?", "passport", "dea", "npi", "driver s? ?licen[cs]e",
        "diploma number", "permit",
    )),
    ("M", "", (
        "devices?", "serial", "imei", "meid", "udid", "mac(?: address)?", "device id", "android id",
        "idfa", "implant", "pacemaker",
    )),
    ("N", "", (
        "urls?", "uri", "web ?sites?", "web ?page", "home ?page", "web address", "link", "blog",
        "profile page", "linkedin",
    )),
    ("O", "", (
        "ip", "ip ?address(?:es)?", "ipv ?[46]",
    )),
    ("P", "", (
        "biometrics?", "finger ?prints?", "voice ?prints?", "retina", "iris scan", "iris", "palm ?print",
        "face id", "genome", "dna", "gait", "voice recording", "audio(?: recording)?", "recording",
    )),
    ("Q", "", (
        "photos?", "photographs?", "pictures?", "images?", "selfie", "portrait", "video", "headshot",
        "face",
    )),
    ("B", "zip", (
        "zip(?: ?codes?)?", "zip ?[35]", "postal ?codes?", "postcodes?", "zcta", "plz",
    )),
    ("B", "street", (
        "street", "address(?:es)?(?: line)?(?: [12])?", "apartment", "house number", "mailing address",
        "addr", "home address", "residence address", "lat", "latitude", "lon", "lng", "longitude",
        "geo ?codes?",
        "gps", "coordinates?", "geo ?location", "what 3 ?words", "po box",
    )),
    ("B", "town", (
        "city", "cities", "town", "village", "municipality", "home ?town", "place of (?:birth|residence)",
        "birth ?place", "suburb",
    )),
    ("B", "county", (
        "county", "counties", "parish", "precinct", "borough", "district", "census tract", "tract",
        "block group", "census block", "neighbou?rhood", "fips", "msa", "cbsa", "metro(?:politan)? area",
        "catchment", "ward",
    )),
    ("B", "place", (
        "hospital", "clinic", "facility", "medical cent(?:er|re)", "vamc", "cboc", "birth center", "site",
        "school name", "military base", "army base", "base name", "duty station", "station",
        "installation", "ship", "military unit", "unit name", "regiment", "battalion", "location",
        "workplace",
    )),
    ("C", "birth", (
        "dob", "birth ?dates?", "date of birth", "birth ?days?", "born(?: on)?",
        "birth (?:year|month|day)", "(?:year|month|day) of birth", "bday", "delivery date", "due date", "edd",
    )),
    ("C", "date", (
        rf"(?:{'|'.join(_EVENTS)}) (?:on|at|day|month)",
        "dates?", "dt", "timestamp", "started (?:on|at)", "ended (?:on|at)", "recorded (?:on|at)", "month",
        "day of (?:month|year)", "quarter",
    )),
    ("C", "elapsed", (
        r"(?:weeks?|days?|months?) (?:post ?partum|since \w+|after \w+|pregnant|gestation|old|of age)",
        "(?:weeks?|days?|months?) (?:since|after)", "gestational age",
        "age (?:in )?(?:weeks?|days?|months?)", "postpartum (?:weeks?|days?|months?)",
    )),
    ("C", "age", (
        "ages?", "years old", r"age (?:at|in|years?) ?\w*",
    )),
    ("A", "", (
        rf"(?:{'|'.join(_NAMED)}) ?names?(?: first| last)?",
        "surname", "forename", "name", "names", "[flm] ?name", "initials", "signature", "signed by",
        "employer", "company", "workplace name", "alias", "maiden",
    )),
    ("R", "", (
        rf"(?:{'|'.join(_NUMBERED)}) (?:ids?|identifier|number|no|code|reference|key)",
        "user ?name", "login", "handle", "screen ?name", "twitter", "instagram", "facebook", "tiktok",
        "uuid", "guid", "token", "cookie", "session(?: id| token)", "external(?: data)? reference",
        "edipi", "rfid", "barcode", "hash", "tattoos?", "accession number", "claim number", "case number",
        "study number", "unique (?:id|code|number|identifier)", "tracking (?:id|code|number)", "qr code",
    )),
)

ABOUT: Final = (
    "n", "num", "count", "counts", "number of", "calls?", "minutes", "hours", "uses?", "used", "usage",
    "owns?", "has", "have", "had", "hours", "times", "duration", "score", "scale", "rating", "frequency",
    "satisfaction", "prefers?", "preferred contact", "consent", "willing", "missing", "quality", "access",
    "problems?", "help", "helpful",
)
"""Words that turn the name of an identifier into the name of something else."""

THINGS: Final = (
    "drug", "medication", "program", "programme", "scale", "instrument", "measure", "variable", "file",
    "form", "event", "question", "item", "theme", "code", "project", "study", "brand", "product", "column",
    "category", "label", "table", "session", "module", "construct", "test",
)
"""What has a name and is nobody."""
