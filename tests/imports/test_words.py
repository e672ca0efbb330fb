"""The words of headers and of consent, dates and countries, in the languages of the lists."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendy_contacts.imports.words.consent import Said, Sense, Verdict, classify, find_mentions, judge
from sendy_contacts.imports.words.countries import read_country
from sendy_contacts.imports.words.dates import is_date, without_date
from sendy_contacts.imports.words.headers import MOBILE, OTHER_PHONE, WHATSAPP, rank_label, read_header
from sendy_contacts.imports.words.vocabulary import LANGUAGES, read_language, squeeze
from sendy_contacts.phones.countries import COUNTRIES

HEADER_KEYS = set(read_language(LANGUAGES[0].with_name("en.toml"))["headers"])
CELL_KEYS = set(read_language(LANGUAGES[0].with_name("en.toml"))["cells"])


def test_the_languages_of_broadcasters_are_there():
    languages = {file.stem for file in LANGUAGES}
    assert " ".join(sorted(languages)) == "ar de en es fr he hi id it ja ko ms nl pt ru sw tr zh"


@pytest.mark.parametrize("table", ["headers", "cells", "countries"])
def test_no_word_stands_for_two_things(table):
    meanings = defaultdict(set)
    for file in LANGUAGES:
        for key, listed in read_language(file).get(table, {}).items():
            for word in listed:
                meanings[squeeze(word)].add((key, file.stem, word))
    assert "" not in meanings
    assert [found for found in meanings.values() if len({key for key, _, _ in found}) > 1] == []


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_a_language_has_the_tables_and_keys_of_english(file):
    language = read_language(file)
    assert set(language) <= {"headers", "cells", "countries"}
    assert set(language["headers"]) <= HEADER_KEYS
    assert {"phone", "mobile", "name", "last_name", "country", "tags", "opt_in", "opt_out"} <= set(
        language["headers"]
    )
    assert set(language["cells"]) <= CELL_KEYS
    assert {"yes", "no", "in", "out", "stopped", "agreed", "refused"} <= set(language["cells"])
    assert set(language.get("countries", {})) <= COUNTRIES


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_the_words_of_a_language_are_found_as_headers(file):
    headers = read_language(file)["headers"]
    roles = {"name": "name", "first_name": "firstName", "last_name": "lastName", "country": "country",
             "calling_code": "callingCode", "tags": "tags", "opt_in": "optedIn", "opt_out": "optedOut",
             "phone": "phone", "mobile": "phone"}  # fmt: skip
    for key, role in roles.items():
        for word in headers.get(key, []):
            assert read_header(word).role == role, word
            assert read_header(word.upper()).role == role, word


HEADERS = {
    "phone": "Phone No.|URN:Tel|Phone 2 - Value|Phone (with country code)|Phone number with country code|Home Phone 2"
    "|Default Address Phone|Tél. fixe|Telefon (privat)|Kundentelefon|رقم الْهاتف|מספר הטלפון|फ़ोन नंबर|Номер телефона"
    "|电话号码|客户电话|電話番号|전화 번호|Nomor telepon|Namba ya simu|ＰＨＯＮＥ|phoneNumber|Customer's phone",
    "name": "Full name|CONTACT_NAME|Customer name|Nom et prénom|Nombre y apellidos|Vor- und Nachname|Ad Soyad|ФИО"
    "|お客様名|고객 이름|שם ושם משפחה|الاسم الكامل",
    "firstName": "Given Name|firstName|Vorname|Prénom|Billing First Name|שם פרטי|名",
    "lastName": "Surname|LAST_NAME|Nachname|Apellidos|Фамилия|姓|성",
    "country": "Country|Country/Region|País|Land|Ülke|국가|Country (ISO)",
    "callingCode": "Country code|Calling code|Phone country code|DDI|Ländervorwahl|国番号|Código de país",
    "tags": "Tags|Group Membership|Labels|Group Name|Etiquetas|标签|Метки",
    "optedIn": "optedIn|Opted in?|WhatsApp Opted|OPTIN_TIME|Accepts SMS Marketing|AllowBroadcast|is_subscribed"
    "|Consent date|Einwilligung|Согласие на рассылку|수신동의|配信希望|¿Acepta publicidad?|Abonné(e)",
    "optedOut": "Opted out|UNSUB_TIME|Unsubscribed at|Do not contact|DO_NOT_MESSAGE|DND"
    "|Has the customer unsubscribed?|Dado de baja|Désabonné(e)|Abgemeldet am|Abonelikten çıktı mı?"
    "|إلغاء الاشتراك|退订|配信停止|수신거부"
    "|Not subscribed|I don't want to receive offers",
    "optOutReason": "UNSUB_REASON|Opt-out campaign|Unsubscribe reason|Blocked by",
    "status": "Status|Subscription status|Lead Status|Subscriber Status|Estado|Durum|状态|Marketing Status",
    "channel": "WhatsApp|SMS|Marketing|Newsletter|No. WA|WhatsApp No",
    "contact": "Contact|Customer|Tenant|Kunde",
    "label": "Phone 1 - Label|E-mail 1 - Type|Phone type|Tipo de teléfono",
    "ours": "import_line|import_reason",
    "own": "Rent amount|Invoice No|Квартира №|Company Name|Organization Name|Product name|Middle Name|Nickname|会社名"
    "|公司名称|Customer number|Kundennummer|Business Fax|Pager|E-mail 1 - Value|Agent phone|Assistant's Phone"
    "|Opt-in source|OPTIN_IP|Unsubscribe link|Email opt-out|Accepts Email Marketing|Unsubscribed from all email"
    "|State|Member since|Destination country||№ — !|Last contact",
}


@pytest.mark.parametrize(
    ("header", "role"), [(header, role) for role, headers in HEADERS.items() for header in headers.split("|")]
)
def test_what_a_header_says(header, role):
    assert read_header(header).role == role


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_the_answers_that_a_header_asks_for_do_not_change_what_it_says(file):
    tables = read_language(file)
    (yes, *_), (no, *_) = ([word for word in tables["cells"][key] if " " not in word] for key in ("yes", "no"))
    for word in (*tables["headers"]["opt_in"], *tables["headers"]["opt_out"]):
        meaning = read_header(word)
        for header in (f"{word} ({yes}/{no})", f"{word} {no} / {yes}", f"{word} {yes} or {no}", f"{word} [Y/N]"):
            assert read_header(header) == meaning, header


@pytest.mark.parametrize("header", ["Opt-in J/N", "Abonn\u00e9 O/N", "Opted in (yes/not)", "Consent 1=yes, 0=no"])
def test_answers_by_a_letter_or_another_word(header):
    assert read_header(header).role == "optedIn"
    assert read_header(header).sure


@pytest.mark.parametrize(
    ("header", "rank"),
    [("WhatsApp number", WHATSAPP), ("Mobile/WhatsApp", WHATSAPP), ("Handynr.", MOBILE), ("Work phone", OTHER_PHONE)],
)
def test_the_rank_of_a_phone(header, rank):
    assert read_header(header).rank == rank


@pytest.mark.parametrize(
    ("label", "rank"),
    [("* Mobile", MOBILE), ("WhatsApp", WHATSAPP), ("Work", OTHER_PHONE), ("Work Fax", None), ("Pager", None)],
)
def test_the_rank_of_a_label(label, rank):
    assert rank_label(label) == rank


@pytest.mark.parametrize("header", ["Email opt-out", "Accepts Email Marketing", "E-mail status", "Unsubscribe link"])
def test_headers_whose_cells_say_nothing_of_whatsapp(header):
    assert read_header(header).silent


@pytest.mark.parametrize("header", ["Email & SMS consent", "Unsubscribed", "WhatsApp opt-out"])
def test_headers_whose_cells_do(header):
    assert not read_header(header).silent


CELLS = {
    Said.BLANK: "|--|'",
    Said.YES: "yes|TRUE|1|1.0|✓|✔️|✅|y|sí|oui|Ja|evet|ya|ndiyo|نعم|כן|हाँ|Да|是|はい|예|Yes, I agree|Yes - 2024-05-01",
    Said.NO: "no|FALSE|0|✗|❌|non|Nein|HAYIR|hayır|tidak|hapana|لا|לא|नहीं|нет|否|いいえ|아니오|No thanks",
    Said.IN: "Subscribed|opted-in|Abonné|angemeldet|suscrito|已订阅|購読中|not unsubscribed",
    Said.OUT: "Unsubscribed|UNSUBSCRIBED!|un-subscribed|opted out|OptedOut|STOP|blacklisted|Dado de baja"
    "|désinscrit(e)|abgemeldet am 3.5.2024|Abonelikten çıktı|berhenti berlangganan|amejiondoa"
    "|ألغى الاشتراك|ביטל הרשמה"
    "|अनसब्सक्राइब|отписался 12.05.2024|已退订|用户已退订|配信停止|수신거부|Opted out via SMS|No, do not contact",
    Said.STOPPED: "stopped|blocked|cleaned|STOP 12/05/2024|Stop & Shop|https://example.com/unsubscribe?u=1|baja",
    Said.AGREED: "active|accepted|Aktiv",
    Said.REFUSED: "inactive|Never subscribed|pending|non-subscribed|pas abonné",
    Said.NONE: "n/a|-|none",
    Said.DATE: "2024-05-01|2024-05-01 10:00|01/05/2024|May 1, 2024 10:31 AM|1 de mayo de 2024|1 мая 2024 г."
    "|2024年5月1日|٢٠٢٤/٠٥/٠١|20240501|1714550400",
    Said.CIRCLE: "○|o|◯",
    Said.CROSS: "x|X|×",
    Said.UNCLEAR: "maybe|2024|12|#N/A|#REF!|Yes but not by WhatsApp|not sure|no longer active"
    "|Called on 2024-05-01 about rent",
}


@pytest.mark.parametrize(
    ("cell", "said"), [(cell, said) for said, cells in CELLS.items() for cell in cells.split("|")]
)
def test_what_a_cell_says_of_consent(cell, said):
    assert classify(cell) is said


VERDICTS = {
    # what is said: in a column of opt-ins, of opt-outs, of their reasons, in any other one
    Said.YES: "IN OUT OUT SILENT",
    Said.NO: "OUT SILENT SILENT SILENT",
    Said.IN: "IN SILENT SILENT SILENT",
    Said.OUT: "OUT OUT OUT OUT",
    Said.STOPPED: "OUT OUT OUT SILENT",
    Said.AGREED: "IN UNCLEAR OUT SILENT",
    Said.REFUSED: "OUT UNCLEAR OUT SILENT",
    Said.NONE: "UNCLEAR SILENT SILENT SILENT",
    Said.DATE: "IN OUT OUT SILENT",
    Said.CIRCLE: "IN OUT OUT SILENT",
    Said.CROSS: "IN OUT OUT SILENT",
    Said.UNCLEAR: "UNCLEAR UNCLEAR OUT SILENT",
    Said.BLANK: "SILENT SILENT SILENT SILENT",
}


@pytest.mark.parametrize("said", Said)
def test_what_that_means_in_a_column(said):
    assert [judge(said, sense).name for sense in Sense] == VERDICTS[said].split()


def test_a_cross_beside_circles_and_a_blank_beside_dates():
    assert judge(Said.CROSS, Sense.IN, circles=True) is Verdict.OUT
    assert judge(Said.CROSS, Sense.OUT, circles=True) is Verdict.SILENT
    assert judge(Said.BLANK, Sense.IN, dates=True) is Verdict.OUT
    assert judge(Said.BLANK, Sense.OUT, dates=True) is Verdict.SILENT


@pytest.mark.parametrize("file", LANGUAGES, ids=lambda file: file.stem)
def test_who_is_out_in_a_language_is_never_in(file):
    cells = read_language(file)["cells"]
    for key in ("out", "stop", "stopped"):
        for word in cells.get(key, []):
            for text in (word, word.upper(), word.title(), f"{word}!", f"{word} (2024-05-01)"):
                assert judge(classify(text), Sense.IN) is Verdict.OUT, text
                assert judge(classify(text), Sense.OUT) is Verdict.OUT, text


@given(
    st.lists(st.sampled_from([cell for cells in CELLS.values() for cell in cells.split("|")]) | st.text(max_size=20))
)
def test_mentions_of_many_cells_are_those_of_each(cells):
    assert find_mentions(cells) == {cell for cell in cells if classify(cell) is Said.OUT}


@settings(deadline=None)  # the names of countries are read when the first one is looked for
@given(st.text(max_size=400))
def test_any_text_can_be_a_header_or_a_cell(text):
    read_header(text)
    classify(text)
    read_country(text)
    without_date(text)


@pytest.mark.parametrize("text", ["2024-05-01", "01/05/2024 10:31", "1.5.24", "2024-05-01T10:00:00Z"])
def test_dates(text):
    assert is_date(text)


@pytest.mark.parametrize("text", ["06 12 34 56 78", "06.12.34.56.78", "0712-345-678", "020 7946 0018", "2024", ""])
def test_no_dates(text):
    assert not is_date(text)


COUNTRY_CELLS = {
    (
        "KE",
        "KE",
    ): "KE|ke|KEN|Kenya|KENYA|Quénia|Кения|كينيا|肯尼亚|ケニア|케냐|Kenya (+254)|254 - Kenya|🇰🇪|🇰🇪 Kenya|Kenia"
    "|Republic of Kenya|Kenya, Nairobi",
    (None, "KE"): "+254|254|00254|(+254)",
    ("GB", "GB"): "UK|U.K.|United Kingdom|England|Royaume-Uni|Großbritannien|Великобритания",
    ("US", "US"): "USA|U.S.A.|United States of America|EE.UU.|États-Unis|США|美国",
    (None, "US"): "1|+1",
    (None, "JM"): "1-876|+1 876",
    ("CD", "CD"): "DRC|Congo (DRC)|Congo, Democratic Republic of the|RDC",
    ("KP", "KP"): "Korea, Democratic People's Republic of|North Korea",
    ("KR", "KR"): "Korea, Republic of|South Korea|대한민국|韓国",
    ("CI", "CI"): "Côte d’Ivoire|Cote d'Ivoire|Ivory Coast|Elfenbeinküste",
    ("TR", "TR"): "Türkiye|TURKEY|Türkei",
    ("PL", "PL"): "Polska|Polónia|Poland",
}
NO_COUNTRIES = "Atlantis|Other|-|5|999|Kongo|Kenya/Uganda|Paris|n/a|N.A.|#N/A"


@pytest.mark.parametrize(
    ("cell", "country"),
    [
        *((cell, country) for country, cells in COUNTRY_CELLS.items() for cell in cells.split("|")),
        *((cell, None) for cell in NO_COUNTRIES.split("|")),
    ],
)
def test_countries(cell, country):
    assert read_country(cell) == country


@pytest.mark.parametrize("code", sorted(COUNTRIES))
def test_every_code_is_its_country(code):
    assert read_country(code) == (code, code)
    assert read_country(code.lower()) == (code, code)
