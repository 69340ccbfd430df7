"""Telephone numbers made unreadable: each digit becomes X, in Python and in SQL from the same regular expressions.

A number is 7 to 15 digits, with ``+``, spaces, hyphens and parentheses between them. What is surely something else
survives: Asterisk uniqueids, UUIDs, times, epochs, runs of 16 digits and more. In doubt it is masked.

An epoch in milliseconds is 13 digits that begin with 1 (2001 to 2033): no country has such numbers, for after the
country code 1 come ten digits. Ten digits that begin with 1 can be a number that lost its leading zero, so seconds
are an epoch only behind a word that says time. The expressions are written for RE2 and Python alike: no look-around,
no ``\\d``, no flags. Context is matched together with what it protects, so every text is wrapped in line feeds.
"""

import re
from typing import Final

# Digits of the scripts in which numbers are written, and what may stand between two digits of one number.
DIGITS: Final = "0-9٠-٩۰-۹߀-߉०-९০-৯੦-੯૦-૯୦-୯௦-௯౦-౯೦-೯൦-൯๐-๙໐-໙༠-༩၀-၉០-៩᠐-᠙０-９"
_D = f"[{DIGITS}]"
SEPARATORS: Final = " \\t()\u00a0\u00ad\u2000-\u2015\u202a-\u202f\u205f-\u2069\u2212\u3000\ufeff-"
_S = f"[{SEPARATORS}]{{0,3}}"
_MANY = f"{_D}(?:{_S}{_D}){{6}}"

NUMBER: Final = "|".join(
    (
        rf"[+＋]?{_D}(?:{_S}{_D}){{6,}}",
        rf"{_D}{{3}}\.{_D}{{3}}\.{_D}{{4}}",
        rf"(?:{_D}{{2}}\.){{4}}{_D}{{2}}",
    )
)
# Texts without this have nothing to mask: the cheap question that is asked first.
SUSPICIOUS: Final = "|".join((_MANY, rf"{_D}{{2}}\.{_D}{{2,3}}\.{_D}{{2}}"))

_HEX = "[0-9a-fA-F]"
_UUID = rf"[^0-9A-Za-z]{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_UNIQUEID = r"[^0-9+.][12][0-9]{9}\.[0-9]{1,10}"
_LONG = "[0-9]{16,}"

_DAY = "(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]{1,9})?)?"
_MOMENT = rf"{_DAY}(?:[Tt ]{_CLOCK}(?:[Zz]|[+-][0-9]{{2}}:?[0-9]{{2}})?)?"
# Before a date or an epoch: no plus, and no digit, not even beyond one separator. After it: no digit, no -digit.
_BEFORE = "(?:[^0-9+ ()-]|[^0-9+][ ()-])"
_AFTER = "(?:[^0-9-]|-[^0-9])"
_DATES = rf"{_BEFORE}{_MOMENT}(?:[ ,;/]{_MOMENT})*{_AFTER}"
_STAMP = (
    "[^0-9+](?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[_Tt-](?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]"
)
# PJSIP/1001-00000012: the extension and the number of a channel.
_CHANNEL = rf"(?:PJSIP|SIP|IAX2|DAHDI|Local)/[0-9]{{1,6}}-{_HEX}{{8}}[^0-9A-Za-z]"
_FRACTION = "[0-9]{2}:[0-9]{2}:[0-9]{2}[.,][0-9]{1,9}"
_MILLISECONDS = rf"{_BEFORE}1[0-9]{{12}}(?:,[ ]?1[0-9]{{12}})*{_AFTER}"


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in word)


# Words that end in these say time; the others do only as a whole word (contacts end in ts).
_TIME_ENDINGS = ("time", "timestamp", "epoch", "_at", "_ts")
_TIME_WORDS = ("ts", "since", "until", "exp", "expires", "iat", "nbf", "created", "updated")
_SAYS_TIME = (
    f"(?:{'|'.join(map(_any_case, _TIME_ENDINGS))}"
    f"|[^0-9A-Za-z](?:{'|'.join(map(_any_case, _TIME_WORDS))})|[a-z](?:At|Ts))"
)
_SECONDS = rf"{_SAYS_TIME}[\"']?[ ]?[:=][ ]?[\"']?1[0-9]{{9}}(?:[^0-9 ()-]|[ ()-][^0-9])"

_SURVIVORS = (_LONG, _UUID, _UNIQUEID, _DATES, _STAMP, _FRACTION, _MILLISECONDS, _SECONDS, _CHANNEL)
PROTECTED: Final = "|".join(_SURVIVORS)
# In JSON text, an escape is not to be taken for digits.
PROTECTED_JSON: Final = rf"\\(?:u{_HEX}{{4}}|[^u])|{PROTECTED}"
_JSON_STRING_OR_REST: Final = r'"(?:[^"\\]|\\[^\n])*"|[^"]+'
_JSON_MASKED_NUMBER: Final = "[-+0-9.eE]*X[-+0-9.eEX]*"
# What JSON looks like if a bare number was masked: only then it is taken apart.
_JSON_MAYBE_BARE: Final = r"[:,\[ \n\r\t][-0-9.]*X"

_suspicious = re.compile(SUSPICIOUS)
_number = re.compile(NUMBER)
_digit = re.compile(_D)
_protected = re.compile(PROTECTED)
_protected_json = re.compile(PROTECTED_JSON)
_json_maybe_bare = re.compile(_JSON_MAYBE_BARE)
_json_string_or_rest = re.compile(_JSON_STRING_OR_REST)
_json_masked_number = re.compile(f"({_JSON_MASKED_NUMBER})")


def mask(text: str) -> str:
    """Return a text with the digits of its numbers replaced by X."""
    return _masked(text, _protected) if _suspicious.search(text) else text


def mask_json(text: str) -> str:
    """Return JSON text with the digits of its numbers replaced by X; a bare number becomes a string. It stays JSON."""
    if not _suspicious.search(text):
        return text
    masked = _masked(text, _protected_json)
    if not _json_maybe_bare.search(masked):
        return masked
    return "".join(
        piece if piece.startswith('"') else _json_masked_number.sub(r'"\1"', piece)
        for piece in _json_string_or_rest.findall(masked)
    )


def mask_whole(number: str) -> str:
    """Return what is a telephone number whatever it looks like, with every digit replaced by X."""
    return _digit.sub("X", number)


def _masked(text: str, protected: re.Pattern[str]) -> str:
    wrapped = f"\n{text}\n\n"
    out: list[str] = []
    at = 0
    for span in protected.finditer(wrapped):
        out += (_mask_numbers(wrapped[at : span.start()]), span.group())
        at = span.end()
    out.append(_mask_numbers(wrapped[at:]))
    return "".join(out)[1:-2]


def _mask_numbers(text: str) -> str:
    return _number.sub(lambda number: _digit.sub("X", number.group()), text)


def sql(expression: str) -> str:
    """Return the SQL that masks a text expression exactly as ``mask`` does."""
    return f"if(match({expression}, {_quote(SUSPICIOUS)}), {_masked_sql(expression, PROTECTED)}, {expression})"


def sql_json(expression: str) -> str:
    """Return the SQL that masks JSON text exactly as ``mask_json`` does."""
    number = _quote(f"({_JSON_MASKED_NUMBER})")
    quoted = (
        "arrayStringConcat(arrayMap(piece -> if(startsWith(piece, '\"'), piece,"
        f" replaceRegexpAll(piece, {number}, '\"\\\\1\"')), extractAll(masked, {_quote(_JSON_STRING_OR_REST)})))"
    )
    mended = f"if(match(masked, {_quote(_JSON_MAYBE_BARE)}), {quoted}, masked)"
    masked = _let("masked", _masked_sql(expression, PROTECTED_JSON), mended)
    return f"if(match({expression}, {_quote(SUSPICIOUS)}), {masked}, {expression})"


def sql_whole(expression: str) -> str:
    """Return the SQL that masks a number exactly as ``mask_whole`` does."""
    return f"replaceRegexpAll({expression}, {_quote(_D)}, 'X')"


def _masked_sql(expression: str, protected: str) -> str:
    number, span, digit = _quote(NUMBER), _quote(protected), _quote(_D)
    numbers = (
        f"arrayStringConcat(arrayMap((rest, number) -> concat(rest, replaceRegexpAll(number, {digit}, 'X')),"
        f" splitByRegexp({number}, part), arrayPushBack(extractAll(part, {number}), '')))"
    )
    whole = (
        f"arrayStringConcat(arrayMap((part, span) -> concat({numbers}, span),"
        f" splitByRegexp({span}, wrapped), arrayPushBack(extractAll(wrapped, {span}), '')))"
    )
    trimmed = _let("whole", whole, "substring(whole, 2, length(whole) - 3)")
    return _let("wrapped", f"concat('\\n', {expression}, '\\n\\n')", trimmed)


def _let(name: str, value: str, body: str) -> str:
    """SQL that computes a value once and uses it under a name: inside if() the engine computes common parts anew."""
    return f"arrayMap({name} -> {body}, [{value}])[1]"


def _quote(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
