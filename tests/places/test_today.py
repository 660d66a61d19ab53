"""The places of 2024-25: they add up to England as published, nobody is lost, and nothing is better than its quality says."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios import places, sweeps
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.period_words import called
from totalplace.scenarios.places import quality, tables
from totalplace.scenarios.places.former import former_codes
from totalplace.scenarios.places.shapes import LINES, QUALITIES
from totalplace.scenarios.vocabulary import DEPARTMENTS, label, period_of

YEAR = "2024-25"
FOLDER = "april-2023"
NAMES = [place.name for place in places.names(YEAR)]
#: Councils that did not file in 2024-25.
UNFILED = ("Birmingham", "Slough", "Cumberland")


def rows(name: str) -> list[dict[str, str]]:
    with (tables.HERE / FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def england(*lines: str) -> float:
    """What all places have of lines, £m."""
    return sum(tables.spending_of(place.code, YEAR)[line] for place in places.names(YEAR) for line in lines)


def test_there_are_151_places_in_nine_regions() -> None:
    every = places.names(YEAR)
    assert len(every) == len({place.code for place in every}) == len({place.name for place in every}) == 151
    assert len({place.region for place in every}) == 9
    assert not {"E09000001", "E06000053"} & {place.code for place in every}
    assert len(places.names()) == 148, "the places of before are as they were"


def test_the_whole_is_that_of_the_regional_analysis_row_by_row() -> None:
    """£769.9bn identifiable spending in England in 2024-25 (Country and Regional Analysis 2025, HM Treasury)."""
    found = rows("reconciliation")
    assert sum(float(row["analysis"]) for row in found) == pytest.approx(769_900, abs=100)
    for row in found:
        parts = float(row["places"]) + float(row["city_and_scilly"]) + float(row["not_in"])
        assert parts == pytest.approx(float(row["analysis"]), abs=0.01), row["what"]
    for line in {row["line"] for row in found if row["line"]}:
        inside = sum(float(row["places"]) for row in found if row["line"] == line)
        assert inside == pytest.approx(england(*line.split()), abs=0.3), line
    total = sum(places.load(name, YEAR).total for name in NAMES)
    assert total == pytest.approx(sum(float(row["places"]) for row in found), abs=2.0)
    assert total == pytest.approx(736_056, abs=1.0)


def test_no_line_of_a_place_is_outside_the_reconciliation() -> None:
    named = {line for row in rows("reconciliation") for line in row["line"].split()}
    spent = {line for line in LINES if england(line)}
    assert named == spent


def test_every_region_has_its_departments_to_the_pound_thousand() -> None:
    """London £138bn and North West £107bn in all (regional accounts, ONS); departments are spread over places without a rest."""
    found = {row["region"]: {key: float(value) for key, value in row.items() if key != "region"} for row in rows("regions")}
    assert found["London"]["analysis"] == pytest.approx(138_000, rel=0.01)
    assert found["North West"]["analysis"] == pytest.approx(107_000, rel=0.01)
    for region, row in found.items():
        assert row["places_departments"] + row["city_and_scilly_departments"] == pytest.approx(row["departments"], abs=0.01), region
        ours = sum(places.load(place.name, YEAR).total for place in places.names(YEAR) if place.region == region)
        assert ours == pytest.approx(row["places_departments"] + row["places_local_government"], abs=0.5), region
        assert 0.65 < row["places_local_government"] / row["local_government"] < 0.95, "capital and corporations are not in"


def test_councils_police_and_fire_are_those_of_the_outturn() -> None:
    """Revenue Outturn: £105.7bn of councils that filed, police £16.7bn, fire £2.4bn."""
    found = {row["line"]: {key: float(value) for key, value in row.items() if key != "line"} for row in rows("outturn")}
    filed = sum(row["filed"] for line, row in found.items() if line.startswith("council_") and line != "council_other")
    assert filed + found["council_other"]["filed"] == pytest.approx(105_700, rel=0.003)
    assert found["police"]["filed"] == pytest.approx(16_686, abs=1)
    assert found["fire"]["filed"] == pytest.approx(2_396, abs=1)
    for line, row in found.items():
        assert row["filed"] + row["filled"] == pytest.approx(row["places"] + row["city_and_scilly"], abs=0.01), line
        assert row["places"] == pytest.approx(england(line), abs=0.2), line
    filled = sum(row["filled"] for row in found.values())
    assert 90 < filled - sum(england_of(name) for name in UNFILED) < 150, "six districts, of £11m to £25m each when they last filed"


def england_of(name: str) -> float:
    """What a council spends on its services, £m."""
    lines = tables.spending_of(places.find(name, YEAR).code, YEAR)
    return sum(lines[line] for line in LINES if line.startswith("council_"))


def test_the_nhs_of_a_place_is_that_of_its_boards_within_its_margin() -> None:
    """Boards held £124.4bn before specialised services came to them, of £198.7bn of the health department (NHS England)."""
    boards = [body for body in places.bodies(YEAR) if body.kind == "integrated care board"]
    held, spent = sum(body.money or 0.0 for body in boards), england("nhs")
    assert len(boards) == 42
    assert held == pytest.approx(124_379, abs=1)
    assert spent == pytest.approx(198_649, abs=1)
    for place in places.names(YEAR):
        due = sum((body.money or 0.0) * body.residents.get(place.code, 0.0) for body in boards) * spent / held
        own = tables.spending_of(place.code, YEAR)["nhs"]
        assert abs(own - due) <= quality.of_lines(place.name, YEAR)["nhs"].margin * own, place.name


@pytest.mark.parametrize(("line", "paid"), [
    ("dwp_pensions", 1513.0 + 142.8 + 7.0),  # State Pension, Pension Credit, winter fuel
    ("dwp_sickness_disability", 124.6 + 158.8 + 132.5 + 246.4 + 619.1),  # attendance, disability living, carers, ESA, PIP
    ("dwp_unemployment_family_uc", 1809.0 + 8.1 + 9.1),  # Universal Credit, Income Support, Jobseeker's Allowance
    ("housing_benefit", 634.8),
])
def test_benefits_in_birmingham_are_what_the_department_paid_within_their_margin(line: str, paid: float) -> None:
    """Benefit expenditure by council 2024-25 (DWP), £m; it took no part in the split, but for housing benefit."""
    margin = quality.of_lines("Birmingham", YEAR)[line].margin
    assert tables.spending_of("E08000025", YEAR)[line] == pytest.approx(paid, rel=margin)


def test_everybody_lives_in_a_small_area() -> None:
    """57,690,323 people in England at mid-2023 (ONS), with City of London and Scilly; 33,755 small areas of 2021."""
    every = tables.indicators(FOLDER)
    assert sum(place.population for place in every.values()) == pytest.approx(57_690_323, rel=4e-4)
    areas = 0
    for code, place in every.items():
        columns, names = tables.small_areas(code, FOLDER)
        areas += len(names)
        assert sum(columns[band].sum() for band in ("pop_0_15", "pop_16_24", "pop_25_64", "pop_65_plus")) == place.population
        assert len(set(names)) == len(names)
        for domain in ("income", "crime", "barriers"):
            assert 0.0 <= columns[domain].min() <= columns[domain].max() <= 100.0
    assert 33_740 <= areas < 33_755
    assert sum(place.complex_families for place in every.values()) == pytest.approx(117_910, rel=1e-3)
    assert (tables.HERE / FOLDER / "small_areas.parquet").stat().st_size < 1_000_000


def test_deprivation_is_that_of_2025() -> None:
    """Most deprived: Blackpool, Middlesbrough, Manchester, Birmingham, Hartlepool (Indices of Deprivation 2025, MHCLG)."""
    scores = {}
    for name in NAMES:
        place = places.load(name, YEAR)
        scores[name] = float(np.average(place.deprivation, weights=place.neighbourhood_population))
    assert set(sorted(scores, key=lambda name: -scores[name])[:5]) == {
        "Blackpool", "Middlesbrough", "Manchester", "Birmingham", "Hartlepool",
    }
    assert 20.0 < float(np.mean(list(scores.values()))) < 24.0


def test_looked_after_children_add_up_to_those_counted() -> None:
    """81,770 on 31 March 2025 (DfE), in all councils of England."""
    at = list(scenarios.indicators.INDICATORS).index("looked_after_children")
    assert sum(places.load(name, YEAR).indicator_base[at] for name in NAMES) == pytest.approx(81_770, rel=0.005)
    assert {places.load(name, YEAR).indicator_basis[at].split()[0] for name in NAMES} <= {"actual", "estimated"}


def test_bodies_lie_in_places_that_add_up() -> None:
    every = places.bodies(YEAR)
    kinds = [body.kind for body in every]
    assert (kinds.count("police body"), kinds.count("fire authority")) == (38, 32)
    for body in every:
        assert sum(body.residents.values()) == pytest.approx(1.0, abs=2e-5), body.name
        assert sum(body.need.values()) == pytest.approx(1.0, abs=2e-5), body.name
        assert body.quality in QUALITIES
    for kind in ("integrated care board", "police body"):
        lying = {code for body in every if body.kind == kind for code in body.residents}
        assert lying == set(tables.indicators(FOLDER)), kind
    police = [code for body in every if body.kind == "police body" for code in body.residents]
    assert len(police) == len(set(police)) == 151
    assert [body.name for body in places.bodies_of("Leeds", YEAR)][:2] == ["West Yorkshire ICB", "West Yorkshire Police"]
    assert places.bodies() == ()
    remembered = [body for body in every if "memory" in body.source]
    assert remembered
    assert {body.quality for body in remembered} == {"estimate"}


def test_police_money_is_that_of_the_forces() -> None:
    for body in places.bodies(YEAR):
        if body.kind == "police body":
            own = sum(tables.spending_of(code, YEAR)["police"] for code in body.residents)
            assert own == pytest.approx(body.money, abs=0.05), body.name


def test_what_was_not_filed_is_an_estimate_wherever_it_shows() -> None:
    for name in NAMES:
        estimated, known = quality.estimated_lines(name, YEAR), quality.of_lines(name, YEAR)
        assert set(known) == set(LINES)
        if name in UNFILED:
            assert {"council_education", "council_childrens_social_care", "council_adult_social_care"} <= set(estimated)
            assert quality.of_money(name, YEAR)["council"].words.startswith("estimate")
        else:
            assert not {"council_education", "council_childrens_social_care", "council_adult_social_care"} & set(estimated), name
            assert quality.of_money(name, YEAR)["council"].words.startswith("actual"), name
    assert set(quality.estimated_lines("Warwickshire", YEAR)) <= {f"council_{line}" for line in (
        "highways_transport", "housing_gfra", "cultural", "environmental", "planning", "central", "other")}


def test_results_of_a_council_that_did_not_file_say_so() -> None:
    told = [name for name in NAMES if quality.notes(name, YEAR)]
    assert sorted(told) == sorted(UNFILED)
    assert "Birmingham filed no accounts of 2024-25" in " ".join(scenarios.load("silo", year=YEAR).notes)
    assert not any("filed" in note for note in scenarios.load("silo").notes)


@pytest.mark.parametrize("year", tables.YEARS)
def test_the_quality_of_money_adds_up_to_it(year: str) -> None:
    for name in ("Manchester", "Kent"):
        place, known = places.load(name, year), quality.of_money(name, year)
        assert sum(amount.total for amount in known.values()) == pytest.approx(place.total, abs=1e-6)
        assert all(0.0 <= amount.off <= amount.total + 1e-9 for amount in known.values())


def test_manchester_then_and_now() -> None:
    """The same place 14 years apart: the table of docs/data.md."""
    then, now = places.load("Manchester"), places.load("Manchester", YEAR)
    assert (round(then.total), round(now.total)) == (4722, 7865)
    assert now.population > then.population
    assert now.spend[1].sum() / now.total > then.spend[1].sum() / then.total, "the part of the NHS has grown"
    assert now.council_direct / now.total < 0.11


def test_names_and_codes_of_every_time_find_each_other() -> None:
    with pytest.raises(UnknownName, match="Cumbria became Cumberland and Westmorland and Furness in April 2023. Allowed: Cumb"):
        places.find("Cumbria", YEAR)
    with pytest.raises(InputError, match="place=cumbria: There is no place of 2024-25 'cumbria': Cumbria became"):
        scenarios.load("silo", set=["place=cumbria", f"year={YEAR}"])
    for name, then in (("Cumberland", "Cumbria"), ("West Northamptonshire", "Northamptonshire")):
        assert places.find(name).name == then
        assert name in places.code_note(name)
        assert places.code_note(name, YEAR) == ""
        assert scenarios.load("silo", place=name).notes[0].startswith(f"{name} is part of {then} here")
    assert places.find("E10000023", YEAR).code == "E06000065"
    assert places.find("Bournemouth", YEAR).name == "Bournemouth, Christchurch and Poole"
    for former, row in former_codes(FOLDER).items():
        assert row.words.startswith(former)
    for place in places.names():  # every place of before leads somewhere
        assert place.code in {*former_codes(FOLDER), *tables.indicators(FOLDER)}, place.name
    for place in places.names(YEAR):
        assert places.find(place.code).code in tables.indicators(), place.name


def test_a_sweep_over_all_places_takes_those_of_its_year() -> None:
    sweep = sweeps.loads("scenarios: silo\nplaces: all\nsettings: {year: 2024-25}\n")
    assert len(sweep.scenarios) == 151
    with pytest.raises(UnknownName, match="Northamptonshire became North Northamptonshire and West"):
        sweeps.loads("scenarios: silo\nplaces: [Northamptonshire]\nsettings: {year: 2024-25}\n")


def test_arrangements_play_on_the_money_of_today() -> None:
    scenario = scenarios.load("single-pot", place="Birmingham", year=YEAR, quarters=4, clusters=2)
    assert scenario.start == "2024-10"
    run = tp.run(scenario, seed=1)
    assert abs(run.metrics["ledger_error"]).max() == 0.0
    assert run.metrics["pooled_share"][-1] > 0.0


def test_places_share_borders_with_each_other() -> None:
    for year, alone in (("2010-11", {"Isle of Wight"}), (YEAR, {"Isle of Wight"})):
        beside = {place.name: places.neighbours(place.name, year) for place in places.names(year)}
        assert {name for name, others in beside.items() if not others} == alone
        assert all(name in beside[other] for name, others in beside.items() for other in others)
    assert {"Cumberland", "County Durham", "North Yorkshire"} <= set(places.neighbours("Westmorland and Furness", YEAR))


def test_bodies_have_the_names_of_their_time() -> None:
    assert period_of(YEAR) == "today"
    assert (called("nhs", "today"), called("nhs", "october-2010")) == ("NHS (integrated care board)", "NHS")
    assert called("council", "today") == label("council")


def test_agencies_answer_to_the_departments_of_their_time() -> None:
    """Skills moved from the business department to that of education in 2016."""
    for year, department in (("2010-11", "business"), (YEAR, "education")):
        place = places.load("Leeds", year)
        assert DEPARTMENTS[place.department[place.first_agency("further_education")]] == department
