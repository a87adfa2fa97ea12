"""On a Chinese page no English text of the product stands: every page of the product, in a session in Chinese."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from tests.permission_cases import CASES, build_stage
from tests.permission_checks import address, case_of
from tests.test_links import PAGES

CATALOGUE = Path(__file__).parents[1] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(r'^msgid "(.+)"\n(?:msgid_plural "(.+)"\n)?msgstr(?:\[0\])? "(.*)"', re.MULTILINE)
SLOT = re.compile(r"%\\?\(\w+\\?\)s|%\\?\(\w+\\?\)d")
WORD = re.compile(r"[A-Za-z]{2,}")
SENTENCE = re.compile(r"(?:\b[A-Za-z’']{2,}\b[ ,;:]+){4,}\b[A-Za-z]{2,}\b")
READ_ALOUD = ("aria-label", "placeholder", "title", "alt")
SILENT = ("script", "style", "template", "svg")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "path", "wbr"}


def words_of(text: str) -> list[str]:
    """The English words of a text; what stands in a slot is none."""
    return WORD.findall(re.sub(r"%\(\w+\)[sd]", "", text))


@cache
def english() -> re.Pattern:
    """Every English text of the product that a Chinese one replaces; a slot stands for any words."""
    sources = set()
    for source, plural, target in ENTRY.findall(CATALOGUE.read_text(encoding="utf8")):
        sources |= {text for text in (source, plural) if text and text != target and len(words_of(text)) > 1}
    texts = (SLOT.sub(".+?", re.escape(text.replace('\\"', '"'))) for text in sources)
    return re.compile("|".join(f"(?:{text})" for text in sorted(texts)))


class Texts(HTMLParser):
    """What a page says and reads aloud, without what people typed and marked as not to translate."""

    def __init__(self):
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: set[str] = set()

    def is_silent(self) -> bool:
        return any(silent for _tag, silent in self.open)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        is_silent = tag in SILENT or named.get("translate") == "no"
        if not is_silent and not self.is_silent():
            self.found |= {named[name].strip() for name in READ_ALOUD if named.get(name)}
        if tag not in VOID:
            self.open.append((tag, is_silent))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not self.is_silent():
            self.found.add(" ".join(data.split()))


def english_on(content: str) -> set[str]:
    """The texts of a page that are English of the product, or an English sentence."""
    reader = Texts()
    reader.feed(content)
    return {text for text in reader.found if english().fullmatch(text) or SENTENCE.search(text)}


def test_english_is_found_where_it_stands():
    page = '<p>Nobody moves</p><p title="Log a visit">好</p><p translate="no">They said what they want to do</p>'
    assert english_on(f"{page}<p>50 of 229 accounts were seen by us</p>") == {
        "Nobody moves",
        "Log a visit",
        "50 of 229 accounts were seen by us",
    }


@pytest.mark.parametrize("actor", ["OWN", "MGR", "EX", "AD"])
def test_no_page_in_chinese_has_english_on_it(actors, actor):
    stage = build_stage(actors)
    user = getattr(stage, actor)
    user.language = "zh-hans"
    user.save()
    client = Client()
    client.force_login(user)
    seen, found = 0, {}
    for name, route in PAGES.items():
        answer = client.get(address(route, case_of(route, CASES), stage))
        content = b"".join(answer)
        if answer["Content-Type"].startswith("text/html"):
            seen += 1
            if texts := english_on(content.decode()):
                found[name] = texts
    assert seen > 60
    assert found == {}
