"""Words that decide where a sentence of an abstract ends: in lower case, without their last stop."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER_END = _words("""
    e.g i.e eg ie cf vs v viz et w.r.t w.l.o.g s.t a.k.a
    fig figs eq eqs eqn eqns sec secs sect ref refs tab suppl thm approx ca
    dr drs prof mr mrs ms messrs st mt proc natl acad
""")
"""A sentence goes on after these, whatever follows."""

MAY_END = _words("""
    al etc i.i.d u.s u.k u.s.a a.m p.m ph.d m.d m.sc b.sc inc corp ltd co univ dept
    sp spp subsp var i.v i.p i.m s.c p.o b.i.d t.i.d q.d f.p.s
    sci neurosci biol chem phys med int lett rev am soc clin j jr sr ed eds resp incl def lem cor
""")
"""A sentence goes on after these unless one of ``OPENERS`` follows."""

BEFORE_NUMBER = _words("no nos p pp vol ch box part jan feb mar apr jun jul aug sep sept oct nov dec j lett")
"""A sentence goes on after these where a number follows."""

UNITS = _words("mg ug mcg kg g ml l dl mm cm sq cc h hr hrs min sec s wk wks mo yr yrs")
"""A sentence goes on after these where a small letter follows: ``5 mg. kg``, ``for 5 hr. and``."""

OPENERS = _words("""
    a accordingly additionally after all also although among an and another as at based because
    besides both but by code collectively compared consequently consistent conversely data
    despite during each even existing experiments extensive finally first following for from
    further furthermore given he hence her here herein his how however i if importantly in
    indeed instead interestingly it its lastly many meanwhile models moreover most multiple my
    nevertheless notably of on one only other our overall patients previous recent recently
    second several she similarly since some specifically such surprisingly taken that the their
    then there therefore these they third this those three through thus to together two under
    unlike until upon using we what when whereas whether which while who why with within you
    your
    aim aims background conclusion conclusions context design discussion findings importance
    interpretation introduction method methods objective objectives participants purpose
    rationale result results setting
""")
"""Words that often begin a sentence of an abstract, its section labels among them."""

SURNAMES = _words("a an he i so my on you")
"""Openers that after a single letter are rather a name or another initial: ``K. He``."""
