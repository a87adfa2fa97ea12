# ruff: noqa: E501 – tables of names read better in long lines
"""Names of countries, English and Chinese, as files write them → ISO codes."""

from functools import cache, lru_cache

from django.utils import translation
from django_countries import countries

from core.search import fold

SPOKEN = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "usa": "US", "u.s.a.": "US", "america": "US",
    "united states": "US", "us": "US", "eire": "IE", "rsa": "ZA", "korea": "KR", "south korea": "KR", "russia": "RU",
    "vietnam": "VN", "taiwan": "TW", "uae": "AE", "holland": "NL", "czech republic": "CZ", "prc": "CN", "p.r. china": "CN",
    "hong kong": "HK", "hongkong": "HK", "macau": "MO", "philipines": "PH", "iran": "IR", "bolivia": "BO", "turkey": "TR",
    "中国": "CN", "中华人民共和国": "CN", "中国大陆": "CN", "美国": "US", "英国": "GB", "韩国": "KR", "台湾": "TW",
    "香港": "HK", "澳门": "MO", "中国香港": "HK", "中国台湾": "TW", "俄罗斯": "RU", "越南": "VN", "阿联酋": "AE",
}  # fmt: skip


@cache
def names() -> dict[str, str]:
    """Folded name → code."""
    found = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {fold(str(name)): code for code, name in countries}
    found |= {code.casefold(): code for code in dict(countries)}
    return found | SPOKEN


@lru_cache(maxsize=5_000)
def country_code(text: str) -> str:
    """The ISO code of a country's name. Raises ValueError when nobody calls a country so."""
    code = names().get(fold(text))
    if code is None:
        raise ValueError("unknown_country")
    return code
