"""British spellings as American ones: "tumour" and "tumor", "optimisation" and "optimization" are one.

Only what differs by rule, and by few words: a word that both spell alike stays as it is.
"""

from __future__ import annotations

import re

_MAY_DIFFER = re.compile(r"[iy]s[eia]|our|ae|oe|sulph|res?$|ll(?:ed|ings?|ers?)$")
_WITH_S = re.compile(  # words in -ise that both spell so
    r"\w*(?:exerc|prom|prem|prec|conc|compr|rev|superv|adv|dev|exc|inc|circumc|desp|dem|surm|surpr|enterpr"
    r"|expert|treat|parad|merchand|franch|telev|improv|advert|chast|gu|cru|bru|pra|bra|lia|mala|no|po|to|quo|w)"
    r"is(?:e[drs]?|ers?|ing|able)"
)
_ISE = re.compile(r"(\w{3,})is(ation(?:s|al)?|e[drs]?|ers?|ing|able)")
_YSE = re.compile(r"(\w*(?:anal|catal|paral|dial|\wrol))ys(e[dr]?|ers?|ing)")
_OUR = re.compile(
    r"(\w*(?:tum|behavi|col|neighb|fav|flav|lab|harb|vap|od|rum|hon|hum|rig|vig|arm|endeav|savi))our(\w*)"
)
_DIGRAPHS = (
    (re.compile("aem"), "em"),
    (re.compile("(?:^|(?<=lymph)|(?<=papill))oedem"), "edem"),
    (re.compile("oestr"), "estr"),
    (re.compile("oesoph"), "esoph"),
    (re.compile("paed(?=i|a)"), "ped"),
    (re.compile("^foet"), "fet"),
    (re.compile("(rrh|pn)oe(?=a|i)"), r"\1e"),
    (re.compile("gynaec"), "gynec"),
    (re.compile("anaesth"), "anesth"),
    (re.compile("^(c|f)ae(?=c|s)"), r"\1e"),
    (re.compile("^aetiol"), "etiol"),
    (re.compile("^coeliac"), "celiac"),
    (re.compile("amoeb"), "ameb"),
    (re.compile("homoeo"), "homeo"),
    (re.compile("^palaeo"), "paleo"),
    (re.compile("sulph"), "sulf"),
)
_RE = re.compile(r"(\w*(?:cent|fib|lit|met|tit|calib|theat|spect))re(s?)")
_LL = re.compile(
    r"(\w*(?:model|label|signal|travel|cancel|channel|level|tunnel|panel|fuel|equal|dial|spiral|total))"
    r"l(ed|ing|ings|er|ers)"
)
_OTHERS = {
    "programme": "program",
    "programmes": "programs",
    "centred": "centered",
    "centring": "centering",
    "ageing": "aging",
    "artefact": "artifact",
    "artefacts": "artifacts",
    "grey": "gray",
    "aluminium": "aluminum",
    "defence": "defense",
    "defences": "defenses",
    "licence": "license",
    "analogue": "analog",
    "analogues": "analogs",
    "catalogue": "catalog",
    "catalogues": "catalogs",
    "dialogue": "dialog",
    "dialogues": "dialogs",
    "fulfil": "fulfill",
    "fulfils": "fulfills",
    "enrolment": "enrollment",
    "judgement": "judgment",
    "judgements": "judgments",
    "sceptical": "skeptical",
    "manoeuvre": "maneuver",
    "manoeuvres": "maneuvers",
    "mould": "mold",
    "moulds": "molds",
}


def american(word: str) -> str:
    """A lower-case word of letters as Americans spell it; itself where that is the same."""
    if not _MAY_DIFFER.search(word):
        return _OTHERS.get(word, word)
    if other := _OTHERS.get(word):
        return other
    for digraph, instead in _DIGRAPHS:
        word = digraph.sub(instead, word)
    if not _WITH_S.fullmatch(word) and (match := _ISE.fullmatch(word)):
        return f"{match[1]}iz{match[2]}"
    for pattern, between in ((_YSE, "yz"), (_OUR, "or"), (_LL, "")):
        if match := pattern.fullmatch(word):
            return f"{match[1]}{between}{match[2]}"
    match = _RE.fullmatch(word)
    return f"{match[1]}er{match[2]}" if match else word
