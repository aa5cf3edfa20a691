from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.corpus import paper_from_record
from rag.corpus.record import MAX_ABSTRACT, source_name
from rag.types import Paper, Rejection, paper_id_of, title_search_url

BASE: dict[str, object] = {"title": "A title", "abstract": "Its text."}


def paper(**fields: object) -> Paper:
    found = paper_from_record({**BASE, **fields}, "f:1", source="f")
    assert isinstance(found, Paper), found
    return found


def refusal(**fields: object) -> tuple[str, str]:
    found = paper_from_record({**BASE, **fields}, "f:1", source="f")
    assert isinstance(found, Rejection), found
    return found.where, found.why


def test_the_least_a_record_needs() -> None:
    assert paper() == Paper(
        paper_id_of("A title"), "A title", "Its text.", url=title_search_url("A title"), sources=("f",)
    )


def test_all_fields() -> None:
    found = paper(
        _id="x/1",
        authors=["A. One", "B. Two"],
        year=2020,
        url="https://a.org/1",
        categories=["cs.CL"],
        source="s",
    )
    assert found == Paper(
        "x/1", "A title", "Its text.", ("A. One", "B. Two"), 2020, "https://a.org/1", ("s",), ("cs.CL",)
    )


def test_null_is_absent_and_unknown_fields_are_ignored() -> None:
    empty: dict[str, object] = dict.fromkeys(
        ["_id", "id", "authors", "year", "url", "categories", "source", "text"]
    )
    assert paper(**empty, metadata={"a": 1}) == paper()


@pytest.mark.parametrize(
    ("given_id", "kept"), [("a b", "a b"), (" 7 ", "7"), (123, "123"), ("é", "é"), ("x" * 200,) * 2]
)
def test_ids_that_are_kept(given_id: object, kept: str) -> None:
    assert paper(id=given_id).id == paper(_id=given_id, id="other").id == kept


@pytest.mark.parametrize("missing", ["", "  ", None])
def test_a_record_without_an_id_is_known_by_its_title(missing: object) -> None:
    assert paper(_id=missing).id == paper_id_of("A title")


@pytest.mark.parametrize(
    "bad",
    ["x" * 201, "a\nb", "a\x00", "a\x7f", "a\u202eb", "a\ud800", "a\u2028b", True, 1.5, ["a"], {}, 10**300],
)
def test_ids_that_are_refused(bad: object) -> None:
    assert refusal(_id=bad)[0] == "f:1:_id"


def test_an_empty_title_needs_an_id_and_gives_no_url() -> None:
    found = paper(title=" ", id="7")
    assert (found.id, found.title, found.url) == ("7", "", "")
    assert refusal(title=" ")[0] == "f:1:title"
    assert refusal(title=None)[0] == "f:1:title"


def test_the_title_is_collapsed_and_the_abstract_is_kept_but_for_its_ends() -> None:
    found = paper(title=" A\n long\t\u00a0title ", abstract="\n Two  spaces,\r\n a line,\ttab. \n")
    assert found.title == "A long title"
    assert found.abstract == "Two  spaces,\r\n a line,\ttab."


def test_the_abstract_is_preferred_to_a_text_beside_it() -> None:
    assert paper(text="The whole paper.").abstract == "Its text."
    assert paper(text="The whole paper.", abstract=None).abstract == "The whole paper."


@pytest.mark.parametrize("bad", ["", " \n", None, 5, ["a"], "a\x00", "\udfff", "a" * (MAX_ABSTRACT + 1)])
def test_abstracts_that_are_refused(bad: object) -> None:
    assert refusal(abstract=bad)[0] == "f:1:abstract"


@pytest.mark.parametrize("year", [2020, 2020.0, "2020", " 2020 "])
def test_years_that_are_kept(year: object) -> None:
    assert paper(year=year).year == 2020


@pytest.mark.parametrize("absent", ["", None])
def test_years_that_are_absent(absent: object) -> None:
    assert paper(year=absent).year is None


@pytest.mark.parametrize(
    "bad", [0, -5, 1499, 2101, 10**30, "20", "2020a", "٢٠٢٠", 2020.5, True, [2020], "n.d."]
)
def test_years_that_are_refused(bad: object) -> None:
    assert refusal(year=bad)[0] == "f:1:year"


@pytest.mark.parametrize(
    "bad",
    [
        "javascript:alert(1)",
        "JaVaScript:alert(1)",
        "data:text/html,x",
        "ftp://a.org",
        "//a.org",
        "a.org",
        "https://",
        "http://[::1",
        "https://a.org/\nx",
        'https://a.org/"x',
        "https://a.org/<x>",
        "https://a.org\\@b.org",
        "https://a.org/" + "x" * 2000,
        5,
        ["https://a.org"],
    ],
)
def test_urls_that_are_refused(bad: object) -> None:
    assert refusal(url=bad)[0] == "f:1:url"


@pytest.mark.parametrize("good", ["https://a.org", "HTTP://a.org/x?y=1#z", "https://é.org/a(b)_c"])
def test_urls_that_are_kept(good: str) -> None:
    assert paper(url=f" {good} ").url == good


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("A. One", ("A. One",)),
        ("A. One; B. Two", ("A. One", "B. Two")),
        ("One, A.; Two, B.", ("One, A.", "Two, B.")),
        ("One, Ann and Two, Bob", ("One, Ann", "Two, Bob")),
        ("A. One, B. Two and C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One, B. Two, and C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One and B. Two", ("A. One", "B. Two")),
        (["A. One", " B.  Two ", ""], ("A. One", "B. Two")),
        ([], ()),
        ("", ()),
    ],
)
def test_authors_are_a_list_or_a_string(written: object, people: tuple[str, ...]) -> None:
    assert paper(authors=written).authors == people


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("hep-ph cs.LG", ("hep-ph", "cs.LG")),
        ("cs.LG, cs.CL", ("cs.LG", "cs.CL")),
        ("Machine Learning; Vision", ("Machine Learning", "Vision")),
        ("machine learning", ("machine learning",)),
        (["cs.LG", "cs.LG"], ("cs.LG",)),
    ],
)
def test_categories_are_a_list_or_a_string(written: object, names: tuple[str, ...]) -> None:
    assert paper(categories=written).categories == names


@pytest.mark.parametrize("field", ["authors", "categories"])
@pytest.mark.parametrize("bad", [5, {"a": 1}, [5], [["a"]], ["a\x00"], True, "a\ud800"])
def test_names_that_are_refused(field: str, bad: object) -> None:
    assert refusal(**{field: bad})[0] == f"f:1:{field}"


@pytest.mark.parametrize("bad", [5, ["a"], "a\x00"])
def test_sources_and_titles_that_are_refused(bad: object) -> None:
    assert refusal(source=bad)[0] == "f:1:source"
    assert refusal(title=bad)[0] == "f:1:title"


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/b.txt", "b.txt"), ("b\udcff.txt", "b\\udcff.txt"), ("a\x00.txt", "a.txt"), ("", "unnamed")],
)
def test_a_source_is_fit_to_be_stored(path: str, name: str) -> None:
    assert source_name(path) == name


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["_id", "id", "title", "text", "abstract", "authors", "year", "url", "categories", "source"]


@given(JSON | st.dictionaries(st.sampled_from(FIELDS), JSON | st.just("fine")))
def test_any_json_gives_a_storable_paper_or_a_placed_rejection(record: object) -> None:
    found = paper_from_record(record, "f:1", source="f")
    if isinstance(found, Rejection):
        assert found.where.startswith("f:1")
        assert found.why
    else:
        assert found.id.strip()
        assert found.abstract.strip() == found.abstract != ""
        assert "\x00" not in repr(found)
        "".join(
            [found.id, found.title, found.abstract, found.url, *found.authors, *found.categories]
        ).encode()
