"""What a sheet of somebody's own leaves open is said, with its cell; nothing implausible goes on unsaid."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

import totalplace as tp
from tests.own_places.spreadsheets import ABOUT, MONEY, Row, book, replaced, rows, text, with_row
from totalplace.scenarios import loads
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.book import book_of
from totalplace.scenarios.own_places.filling import own_place_of, place_of_book
from totalplace.scenarios.own_places.plausible import findings, implausible
from totalplace.scenarios.own_places.rows import key_of
from totalplace.scenarios.own_places.sheet import given_in
from totalplace.scenarios.places.quality import own_note
from totalplace.scenarios.places.shapes import ESTIMATE


def notes(table: list[Row]) -> str:
    """All that is found in a sheet, as one text."""
    given = given_in(book_of(book(table), "a.xlsx"))
    return "; ".join(f"{one.gravity} {one.about}: {one.words}" for one in findings(given, own_place_of(given)))


def merged(heads: tuple[str | None, ...], first: str | None = None) -> list[Row]:
    """A sheet as a finance team keeps it: a heading over two columns, text and numbers mixed, shares beside."""
    money = [[label, first and 5.0, f"{1000 * value:,.0f}" if at % 2 else 1000 * value, 0.1]
             for at, (label, value) in enumerate(MONEY.items())]
    title = [["Borough of Newtown"], ["All figures in £ thousand unless stated"], []]
    return [*title, ["Service", "Outturn 2024-25", None, "% of total"], [None, *heads], ["Population (mid-2024)", None, "300,000"],
            ["Deprivation (IMD score)", None, "like Bristol"], *money]


def test_amounts_under_a_merged_heading_are_found_and_the_title_says_the_unit() -> None:
    table = merged((None, "Actual"))
    own = place_of_book(book_of(book(table), "newtown.xlsx"))
    assert own.lines["nhs"].amount == pytest.approx(1042.75)
    assert (own.people, own.year) == (300_000.0, "2024-25")
    assert "read from column C 'outturn 2024-25 actual', not from D '% of total'" in notes(table)


def test_of_two_columns_under_one_heading_none_is_chosen_in_silence() -> None:
    with pytest.raises(InputError, match="several columns.*'outturn 2024-25 budget'.*'outturn 2024-25 actual'.*headed Yours"):
        place_of_book(book_of(book(merged(("Budget", "Actual"), "budget")), "a.xlsx"))


def test_a_title_that_contradicts_the_row_is_refused() -> None:
    with pytest.raises(InputError, match="£m here, and in £ thousand by a heading or title"):
        place_of_book(book_of(text([["All amounts are in £ thousand"], *rows()]), "a.csv"))


@pytest.mark.parametrize(("label", "key"), [
    ("Population (mid-2024)", "people"), ("Police [1]", "police"), ("Police (a)", "police"), ("Police¹", "police"),
    ("NHS *", "nhs"),
    ("Adult Social Care & Health", "council_adult_social_care"), ("Deprivation (IMD score)", "deprivation"),
    ("Integrated Care Board (ICB)", "nhs"), ("Housing (general fund)", "council_housing_gfra"), ("Housing (HRA)", None),
])
def test_remarks_after_a_label_do_not_count_and_what_changes_its_meaning_does(label: str, key: str | None) -> None:
    assert key_of(label) == key


def test_rows_that_are_not_known_are_named_where_something_is_missing() -> None:
    table = [["Headcount of residents", "see annex"] if row[:1] == ["People, all ages"] else row for row in rows()]
    with pytest.raises(InputError, match="how many people.*not known: 'Headcount of residents' \\(A8\\)"):
        place_of_book(book_of(text(table), "a.csv"))


def test_a_misspelt_row_behind_a_column_of_references_is_named_and_not_its_reference() -> None:
    table = [[f"R{at:03d}" if len(row) > 1 else None, *("Polise" if cell == "Police" else cell for cell in row)]
             for at, row in enumerate(rows())]
    with pytest.raises(InputError, match=r"The row 'Polise' is not known.*Did you mean 'Police'") as caught:
        place_of_book(book_of(text(table), "a.csv"))
    assert "B22" in str(caught.value)


def test_a_cell_left_empty_is_not_filled_from_its_neighbour() -> None:
    table = [[*row, "Leeds"] if row[:1] == ["Like"] else [*row, None] for row in replaced("Like", None)]
    given = given_in(book_of(book(table), "a.xlsx"))
    assert given.like is None
    assert any("'Like' (A7) has 'Leeds' in C7, but values are read from column B" in clue for clue in given.clues)


@pytest.mark.parametrize("shown", ["n/a", "tbc", "-"])
def test_a_text_that_is_no_number_is_named_with_its_cell(shown: str) -> None:
    assert f"no number, so not given: NHS (B21: '{shown}')" in notes(replaced("NHS", shown))


def test_a_total_without_a_saved_result_is_said() -> None:
    assert "totals without a saved result are not checked: B24" in notes([*rows(), ["Total", "=SUM(B11:B23)"]])


@pytest.mark.parametrize("total", [990.0, 600.0])
def test_a_total_that_leaves_what_no_place_has_is_refused(total: float) -> None:
    with pytest.raises(InputError, match="It leaves £.*to Other services of the council.*in real places"):
        place_of_book(book_of(text(with_row("Net council budget", total, at=19)), "a.csv"))


def test_a_total_that_leaves_what_places_have_goes_to_other_services() -> None:
    total = round(sum(list(MONEY.values())[:9]) + 9.0, 2)
    own = place_of_book(book_of(text(with_row("Net council budget", total, at=19)), "a.csv"))
    assert own.lines["council_other"].amount == pytest.approx(9.0)


def test_amounts_far_too_small_are_of_another_unit() -> None:
    table = rows(ABOUT | {"Like": "Bolton", "Amounts are in": "£ thousand"})
    with pytest.raises(InputError, match="about a thousand times less .* their unit is another one"):
        place_of_book(book_of(text(table), "a.csv"))


@pytest.mark.parametrize("day", [datetime(2024, 4, 1), datetime(2025, 3, 31)])
def test_the_first_and_last_day_of_a_year_are_the_year(day: datetime) -> None:
    assert place_of_book(book_of(book(rows(ABOUT | {"Year of spending": day})), "a.xlsx")).year == "2024-25"


def test_another_day_is_named_without_hours() -> None:
    with pytest.raises(InputError, match="'07 May 2024'"):
        place_of_book(book_of(book(rows(ABOUT | {"Year of spending": datetime(2024, 5, 7)})), "a.xlsx"))


def test_an_implausible_line_goes_with_the_place_wherever_it_is_used(tmp_path: Path) -> None:
    sheet = tmp_path / "newtown.csv"
    sheet.write_bytes(text(replaced("Police", 0.0713)))
    scenario = tp.load("silo", place=str(sheet))
    (said,) = [note for note in scenario.notes if "implausible" in note]
    assert said.startswith("Newtown: Police (B22) is implausible, £0.24 a head; in real places £166")
    again = loads(scenario.text)
    assert said in again.notes
    assert implausible(place_of_book(book_of(text(rows()), "a.csv"))) == ()


@pytest.mark.parametrize(("place", "clue"), [
    ([["Like", None, "Bristol"], ["Population", "300,000", None]],
     "how many people.*'Population' \\(A5\\) has '300,000' in B5, but values are read from column C"),
    ([["Like", "Bristol", None], ["Population", None, "300,000"]],
     "neither which place.*'Like' \\(A4\\) has 'Bristol' in B4, but values are read from column C"),
])
def test_a_value_that_stands_in_another_column_is_named(place: list[Row], clue: str) -> None:
    head: list[Row] = [["Service", "Code", "2024-25"], ["Year of spending", None, "2024-25"], ["Amounts are in", None, "£m"]]
    money: list[Row] = [[label, f"X{at}", value] for at, (label, value) in enumerate(MONEY.items())]
    with pytest.raises(InputError, match=clue):
        place_of_book(book_of(book([*head, *place, *money]), "a.xlsx"))


def test_the_counts_of_estimates_agree() -> None:
    """As many lines are named as not given as the note of the place calls estimates, lines of nothing too."""
    given = given_in(book_of(text([row for row in rows() if row[:1] not in (["Police"], ["NHS"])]), "a.csv"))
    own = own_place_of(given)
    estimates = sum(line.quality == ESTIMATE for line in own.lines.values())
    assert estimates > sum(line.quality == ESTIMATE and abs(line.amount) > 0.0006 for line in own.lines.values())
    said = [one.words.partition(": ")[0] for one in findings(given, own)
            if one.about == "not given" and "people by age" not in one.words]
    counts = [int(words.split()[0]) if "lines of money" in words else len(words.split("; ")) for words in said]
    assert sum(counts) == estimates
    assert f"{estimates} of its {len(own.lines)} lines" in own_note(own)


def test_what_is_unusual_about_a_line_is_said() -> None:
    said = notes(replaced("Planning and development", -1.2))
    assert "look Planning and development: −£4 a head; in real places −£" in said
    assert "below zero, and less than in 98% of real places" in said
    assert "£0.24 a head; in real places £166" in notes(replaced("Police", 0.0713))
    assert "in the middle: off by a thousand?" in notes(replaced("Police", 0.0713))


@pytest.mark.parametrize("name", ["my-place.xlsx", "figures/my-place.CSV", "mine.tsv"])
def test_a_sheet_given_as_a_scenario_says_where_it_belongs(name: str) -> None:
    with pytest.raises(InputError, match="is a spreadsheet, which describes a place and not a scenario") as caught:
        tp.load(name)
    assert "--place" in str(caught.value)


@pytest.mark.parametrize(("about", "ages", "deprivation"), [
    ({"Like": "Derby", "Deprivation": "like Blackpool"}, "people by age: as in Derby", "deprivation: as in Blackpool"),
    ({"Like": "Derby", "Deprivation": None, "People aged 65 and over": "30%"},
     "people by age: 65 and over given, other ages as in Derby", "deprivation: as in Derby"),
    ({"Like": "Derby", "Deprivation": 31.0, "People aged 0 to 15": "20%", "People aged 65 and over": "30%"},
     "people by age: 0 to 15 and 65 and over given, other ages as in Derby", ""),
])
def test_what_is_not_given_is_said_with_what_stands_in_its_place(about: dict[str, object], ages: str, deprivation: str) -> None:
    given = given_in(book_of(book(rows(ABOUT | about)), "a.xlsx"))
    own = own_place_of(given)
    (said,) = [one.words for one in findings(given, own) if "people by age" in one.words]
    assert said == "; ".join(filter(None, (ages, deprivation, "families with complex needs: as in Derby")))
    assert f"({said})" in own_note(own)


def test_one_line_that_is_off_by_a_thousand_is_named_alone() -> None:
    few = {"Adult social care": 126.4, "Children's social care": 84.2, "Public health": 21.5}
    said = notes(rows(money=few | {"Police": 71_300.0}))
    assert "wrong Police: £237,667 a head" in said
    assert "their unit" not in said
    assert "is '£m' their unit?" in notes(rows(money={label: 1e3 * value for label, value in MONEY.items()}))


def test_what_is_only_good_to_know_is_printed_as_one_note(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text(replaced("Police", 0.0713)))
    printed = str(tp.own_place(path))
    assert "Note: not given: " in printed
    assert "Note: wrong, Police (" in printed
    assert "Note: note" not in printed


_ALL, _ADULTS, _CHILDREN = "Social care, adults and children", "Adult social care", "Children's social care"


@pytest.mark.parametrize(("label", "year", "advice"), [
    *((_ALL, year, f"split over '{_ADULTS}' and '{_CHILDREN}'; if you do not know the parts") for year in ("2017-18", "2024-25")),
    *((label, "2010-11", f"the sum of '{_ADULTS}' and '{_CHILDREN}' beside '{_ALL}'") for label in (_ADULTS, _CHILDREN)),
])
def test_money_that_other_accounts_part_or_join_is_put_on_no_one_line(label: str, year: str, advice: str) -> None:
    table = rows(ABOUT | {"Year of spending": year}, {label: 215.1, "NHS": 800.0})
    with pytest.raises(InputError, match=f"is no line of its own in {year}") as caught:
        place_of_book(book_of(text(table), "a.csv"))
    assert advice in str(caught.value)
    assert "Did you mean" not in str(caught.value)


def test_a_line_beside_its_parts_is_to_go_and_not_to_be_split() -> None:
    with pytest.raises(InputError, match="no amount there, beside 'Adult social care' and 'Children's social care'"):
        place_of_book(book_of(text([*rows(), ["Social care", 210.6]]), "a.csv"))


def test_a_place_and_a_row_that_are_misspelt_are_likened_to_the_one_that_is_most_alike() -> None:
    with pytest.raises(InputError, match="There is no place 'Bristle'. Did you mean 'Bristol, City of'?"):
        place_of_book(book_of(text(rows(ABOUT | {"Like": "Bristle"})), "a.csv"))
    with pytest.raises(InputError, match="'Housing fund' is not known. Did you mean 'Housing \\(general fund\\)'?"):
        place_of_book(book_of(text(with_row("Housing fund", 1.0)), "a.csv"))
    assert key_of("Housing GF") == "council_housing_gfra"


@pytest.mark.parametrize(("left", "shown"), [(0.0, "£0.0m"), (10.0, "£10.0m")])
def test_what_a_total_leaves_is_said_with_its_amount(left: float, shown: str) -> None:
    total = round(sum(list(MONEY.values())[:9]) + left, 2)
    said = notes(with_row("Net council budget", total, at=19))
    assert f"note not given: Other services of the council: what the total in B20 leaves ({shown})" in said


def test_what_a_total_leaves_to_several_rows_is_said_once() -> None:
    council = {label: value for label, value in MONEY.items() if label != "Central services"}
    table = rows(money=council | {"Net council budget": round(sum(list(MONEY.values())[:9]) + 10.0, 2)})
    said = r"Central services; Other services of the council: what the total in B\d+ leaves \(£28.9m\), split as in Bristol"
    assert re.search(said, notes(table))
    own = place_of_book(book_of(text(table), "a.csv"))
    assert own.lines["council_central"].amount + own.lines["council_other"].amount == pytest.approx(28.9)


def test_more_than_in_any_real_place_is_not_called_rare() -> None:
    assert "more than in any real place" in notes(replaced("Adult social care", 195.0))
    assert re.search("Police: £5\\d\\d a head; in real places £166 to £490; more than in any", notes(replaced("Police", 160.0)))


@pytest.mark.parametrize(("year", "heads", "title", "said"), [
    ("2017-18", ("What", "Budget 2024-25"), "", "2017-18 here, and 2024-25 by the heading 'budget 2024-25'"),
    ("2024-25", ("What", "Yours 2023/24"), "", "2024-25 here, and 2023-24 by the heading 'yours 2023/24'"),
    ("2024-25", ("What", "Yours"), "Revenue account 2017/18", "2024-25 here, and 2017-18 by the title in A1"),
])
def test_a_year_that_a_heading_or_title_contradicts_is_refused(year: str, heads: tuple[str, str], title: str, said: str) -> None:
    table = [[title], *rows(ABOUT | {"Year of spending": year}, heads=heads)]
    with pytest.raises(InputError, match=re.escape(f"The year is {said}")) as caught:
        place_of_book(book_of(book(table), "a.xlsx"))
    assert "cell B6" in str(caught.value)


@pytest.mark.parametrize(("head", "title"), [
    ("Yours 2024/25", "Medium-term plan 2024-25 to 2027-28"), ("Budget 2024-25, in prices of 2023-24", "As at 11/12/2024"),
    ("Yours", "Updated in 2025-26"),
])
def test_a_heading_that_names_the_year_among_others_agrees(head: str, title: str) -> None:
    table = [[title], *rows(heads=("What", head))]
    assert place_of_book(book_of(text(table), "a.csv")).year == "2024-25"
