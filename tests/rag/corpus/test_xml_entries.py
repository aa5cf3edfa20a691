from __future__ import annotations

import io
from xml.sax.saxutils import escape

from rag.corpus import read_papers
from rag.corpus.xml_entries import ATOM, PUBMED_XML
from rag.types import Paper, Rejection
from tests.rag.corpus.contract import ReaderContract, Texts

_NO_XML = {"\ufffe": "", "\uffff": "", "\r": "&#13;", "\x85": "&#133;"}


def written(text: str) -> str:
    return escape(text, _NO_XML)


class TestPubmedXml(ReaderContract):
    reader = PUBMED_XML
    preamble_lines = 2
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        records = [
            line
            for title, abstract in texts
            for line in (
                "<PubmedArticle><MedlineCitation><Article>",
                f"<ArticleTitle>{written(title)}</ArticleTitle>",
                f"<Abstract><AbstractText>{written(abstract)}</AbstractText></Abstract>",
                "</Article></MedlineCitation></PubmedArticle>",
            )
        ]
        return [line.encode() for line in ('<?xml version="1.0" ?>', "<PubmedArticleSet>", *records)]


class TestAtom(ReaderContract):
    reader = ATOM
    preamble_lines = 2
    lines_per_record = 4

    @staticmethod
    def lines(texts: Texts) -> list[bytes]:
        records = [
            line
            for title, abstract in texts
            for line in (
                "<entry>",
                f"<title>{written(title)}</title>",
                f"<summary>{written(abstract)}</summary>",
                "</entry>",
            )
        ]
        feed = '<feed xmlns="http://www.w3.org/2005/Atom">'
        return [line.encode() for line in ('<?xml version="1.0" ?>', feed, *records)]


PUBMED = """\
<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "pubmed.dtd">
<PubmedArticleSet>
<PubmedArticle>
  <MedlineCitation Status="MEDLINE">
    <PMID Version="1">31452104</PMID>
    <Article PubModel="Print">
      <Journal><JournalIssue><PubDate><Year>2019</Year><Month>Aug</Month></PubDate></JournalIssue></Journal>
      <ArticleTitle>Sleep in <i>Mus musculus</i> &amp; memory.</ArticleTitle>
      <ELocationID EIdType="doi" ValidYN="Y">10.1000/xyz</ELocationID>
      <Abstract>
        <AbstractText Label="AIM">To know
          more of H<sub>2</sub>O.</AbstractText>
        <AbstractText Label="UNLABELLED">We looked.</AbstractText>
        <AbstractText Label="RESULT">At <mml:math><mml:mi>p</mml:mi></mml:math> &lt; 0.05;
          ratio a:b.</AbstractText>
      </Abstract>
      <AuthorList><Author><LastName>Marks</LastName><ForeName>Ada</ForeName></Author>
        <Author><CollectiveName>The Sleep Group</CollectiveName></Author></AuthorList>
    </Article>
    <MeshHeadingList><MeshHeading>
      <DescriptorName UI="D1">Sleep</DescriptorName></MeshHeading></MeshHeadingList>
    <KeywordList><Keyword>memory</Keyword></KeywordList>
  </MedlineCitation>
</PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>2</PMID><Article><ArticleTitle>Bad & wrong</ArticleTitle>
</Article></MedlineCitation></PubmedArticle><PubmedArticle><MedlineCitation><PMID>3</PMID><Article>
<ArticleTitle>Third</ArticleTitle><Abstract><AbstractText>On one line.</AbstractText></Abstract>
</Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation>
"""

ARXIV = """\
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title type="html">arXiv Query</title>
  <entry>
    <id>http://arxiv.org/abs/2101.00001v2</id>
    <published>2021-01-04T18:00:00Z</published>
    <title>Sleep
  and memory</title>
    <summary>  We asked forty adults
about $x_i$.
</summary>
    <author><name>Ada Marks</name></author>
    <author><name>Bo Owen</name></author>
    <arxiv:doi>10.1000/xyz</arxiv:doi>
    <link href="http://arxiv.org/abs/2101.00001v2" rel="alternate" type="text/html"/>
    <link title="pdf" href="http://arxiv.org/pdf/2101.00001v2" rel="related"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
</feed>
"""


def read(text: str, name: str) -> list[Paper | Rejection]:
    return list(read_papers(io.BytesIO(text.encode()), name=name))


def test_a_download_from_pubmed() -> None:
    first, bad, third, cut = read(PUBMED, "set.xml")
    assert first == Paper(
        id="31452104",
        title="Sleep in Mus musculus & memory.",
        abstract="AIM: To know more of H2O. We looked. RESULT: At p < 0.05; ratio a:b.",
        authors=("Ada Marks", "The Sleep Group"),
        year=2019,
        url="https://pubmed.ncbi.nlm.nih.gov/31452104/",
        sources=("set.xml",),
        categories=("Sleep", "memory"),
    )
    assert isinstance(bad, Rejection)
    assert (bad.where, "XML" in bad.why) == ("set.xml:26", True)
    assert isinstance(third, Paper)
    assert (third.id, third.abstract) == ("3", "On one line.")
    assert isinstance(cut, Rejection)
    assert (cut.where, "ends within" in cut.why) == ("set.xml:30", True)


def test_a_feed_of_arxiv() -> None:
    (paper,) = read(ARXIV, "query")
    assert paper == Paper(
        id="2101.00001",
        title="Sleep and memory",
        abstract="We asked forty adults about $x_i$.",
        authors=("Ada Marks", "Bo Owen"),
        year=2021,
        url="http://arxiv.org/abs/2101.00001v2",
        sources=("query",),
        categories=("cs.LG",),
    )


def test_no_entity_is_ever_expanded() -> None:
    bomb = '<!DOCTYPE feed [<!ENTITY a "boom"><!ENTITY b "&a;&a;">]>\n'
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom">\n<entry><title>T</title><summary>&b;</summary></entry>\n'
    )
    inside = "<entry><!DOCTYPE x [<!ENTITY a 'boom'>]><title>T</title><summary>&a;</summary></entry>\n</feed>"
    items = read(bomb + feed + inside, "feed.atom")
    assert [type(item) for item in items] == [Rejection, Rejection]
