"""A governance arrangement of a place: who decides, how, and with which powers. Each one is a file of fields."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from totalplace.scenarios.checking import Flag, checked, locate, one_of, referred_file, shipped_names
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.lever_values import LEVERS_JSON_SCHEMA, resolve_levers
from totalplace.scenarios.percentages import percentages_read
from totalplace.scenarios.read_only import ReadOnly, read_only
from totalplace.scenarios.reading import KEPT_TEXTS, MOST_FILES, Marked
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DECISION_RULES, THEMES
from totalplace.scenarios.wrong_kind import refuse_scenario

FOLDER: Final = Path(__file__).parent / "arrangements"
#: The host of a commissioner that belongs to no single agency.
BOARD: Final = "board"
#: Where an arrangement can be had: in every place, where a strategic authority holds an integrated settlement, or in places that
#: were chosen and are not named.
EVERY_PLACE, SETTLEMENT, UNNAMED = OPEN_TO = ("every_place", "settlement_authorities", "unnamed_places")

Host = Annotated[
    str, AfterValidator(one_of("host", (*AGENCY_KINDS, BOARD))), WithJsonSchema({"enum": [*AGENCY_KINDS, BOARD]})
]
AgencyKind = Annotated[
    str, AfterValidator(one_of("agency kind", AGENCY_KINDS)), WithJsonSchema({"enum": list(AGENCY_KINDS)})
]
Theme = Annotated[str, AfterValidator(one_of("theme", THEMES)), WithJsonSchema({"enum": list(THEMES)})]
DecisionRule = Annotated[
    str,
    AfterValidator(one_of("decision rule", DECISION_RULES)),
    WithJsonSchema({"enum": list(DECISION_RULES), "type": "string"}),
]
OpenTo = Annotated[
    str, AfterValidator(one_of("kind of place", OPEN_TO)), WithJsonSchema({"enum": list(OPEN_TO), "type": "string"})
]
STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True)


class Commissioner(BaseModel):
    """A strategic commissioner for a portfolio of themes."""

    model_config = STRICT

    name: str = Field(min_length=1, max_length=100, description="Name, unique in the arrangement")
    host: Host = Field(description="Agency kind that hosts it, or 'board' for the place board itself")
    themes: tuple[Theme, ...] = Field(strict=False, min_length=1, description="Themes it commissions, each once")
    leadership: float = Field(0.5, ge=0, le=1, description="Leadership at the start, 0-1")


class Arrangement(BaseModel):
    """A governance arrangement. Shares are 0-1; multiples are of the parameter they name; time is in quarters."""

    model_config = STRICT

    name: str = Field("own", min_length=1, max_length=100, description="Short name")
    title: str = Field("", max_length=200, description="Name for a reader")
    description: str = Field("", max_length=5000, description="What distinguishes it")
    decision_rule: DecisionRule = Field("none", description="How the board decides on a joint commission")
    bargaining: Flag = Field(True, description="Whether sides concede in turn; without, a commissioner takes the agency's choice")
    rounds: int = Field(0, ge=0, le=12, description="Most rounds of concession in one negotiation")
    ambition: float = Field(0.3, ge=0, le=1, description="Share of what is not yet ceded that is first asked for")
    themes_a_quarter: int = Field(1, ge=0, le=len(THEMES), description="Negotiations that a commissioner opens in a quarter")
    largest_coalition: int = Field(4, ge=1, le=50, description="Most partners in one joint commission")
    approval_threshold: float = Field(0.5, ge=0, le=1, description="Share of votes that approves")
    benefit_cost_threshold: float = Field(0.0, ge=0, le=10, description="Least benefit-cost ratio of a business case")
    formal_agreement: float = Field(0.0, ge=0, le=1, description="How far an agreement binds: it slows exit")
    transaction_cost: float = Field(1.0, ge=0, le=10, description="Multiple of the parameter transaction_cost")
    set_up: float = Field(1.0, ge=0, le=10, description="Multiple of the parameter setup_lag")
    political: float = Field(0.0, ge=0, le=1, description="How far votes follow citizens' voice and the council leader")
    election_cycle: int = Field(0, ge=0, le=60, description="Quarters between elections; 0 for none")
    officer_support: float = Field(0.0, ge=0, le=1, description="How far officers lower the transaction cost")
    leader_turnover: float = Field(1.0, ge=0, le=10, description="Multiple of the parameter turnover")
    outcome_payment: float = Field(0.0, ge=0, le=1, description="Share of returned savings paid only on outcome")
    time_limit: int = Field(0, ge=0, le=240, description="Quarters after which partners leave what has not delivered; 0 for none")
    extra_freedom: float = Field(0.0, ge=0, le=1, description="Part of the duties left by the lever freedom that is waived")
    annual_plan: Flag = Field(False, description="Whether a pool under a mandate is planned anew each April, from its minimum")
    cluster_boards: Flag = Field(False, description="Whether boards of neighbourhood clusters decide the devolved part")
    mandated_agencies: tuple[AgencyKind, ...] = Field(
        AGENCY_KINDS.flagged("mandated"), strict=False, description="Agency kinds that a mandated minimum binds"
    )
    single_pot_agencies: tuple[AgencyKind, ...] = Field(
        tuple(AGENCY_KINDS), strict=False, description="Agency kinds whose money departments may pay straight into the single pot"
    )
    open_to: OpenTo = Field("every_place", description="Where there can be one: elsewhere, a run is a what-if and a note says so")
    commissioners: tuple[Commissioner, ...] = Field((), strict=False, description="Its strategic commissioners")
    levers: Annotated[dict[str, Any], AfterValidator(read_only), WithJsonSchema(LEVERS_JSON_SCHEMA)] = Field(
        default_factory=ReadOnly, description="Lever values that come with the arrangement"
    )

def names() -> list[str]:
    """The names of the arrangements that are shipped."""
    return shipped_names(FOLDER)


def load_arrangement(name_or_path: str) -> Arrangement:
    """An arrangement by shipped name or by path. Raises InputError."""
    return merge_arrangement(arrangement_layers(Marked(name_or_path, "")))


def arrangement_layers(written: Marked, near: Path | None = None) -> tuple[Marked, ...]:
    """The mappings that make up an arrangement, the most basic first.

    ``written`` is a name, a path or a mapping, which may extend a name or a path. ``near`` is the file it stands in.
    """
    if not isinstance(written.value, dict):
        return _extended(written, near, ())
    base = written.value.get("extends")
    return (*(_extended(base, near, ()) if base is not None else ()), written)


def _extended(reference: Marked, near: Path | None, above: tuple[Path, ...]) -> tuple[Marked, ...]:
    """The layers of the arrangement file that ``reference`` names, and of those it extends."""
    name = reference.text("The name of an arrangement")
    try:
        path = locate("arrangement", FOLDER, name, near)
        content = referred_file(path, reference)
    except InputError as problem:
        raise problem.at(reference.file, reference.line, reference.column) from None
    if above and path.resolve() in above:
        raise reference.error(f"The arrangement '{name}' extends itself")
    if len(above) >= MOST_FILES:
        raise reference.error("Too many arrangements extend each other", f"at most {MOST_FILES}")
    content = _layer(content, path.stem)
    base = content.mapping("An arrangement").get("extends")
    layers = _extended(base, path, (*above, path.resolve())) if base is not None else ()
    return (*layers, content)


@lru_cache(maxsize=KEPT_TEXTS)
def _layer(content: Marked, stem: str) -> Marked:
    """The content of one arrangement file, with the name of the file where it gives none."""
    refuse_scenario(content, Arrangement.model_fields.keys())
    fields = content.mapping("An arrangement")
    if "name" in fields:
        return content
    return Marked({"name": Marked(stem, content.file), **fields}, content.file, content.line, content.column)


@lru_cache(maxsize=KEPT_TEXTS)
def merge_arrangement(layers: tuple[Marked, ...]) -> Arrangement:
    """The checked arrangement that results when each layer overrides those before it. Raises InputError."""
    merged: dict[str, Marked] = {}
    levers: list[Marked] = []
    for layer in layers:
        fields = {key: item for key, item in layer.mapping("An arrangement").items() if key != "extends"}
        if "commissioners" in fields:
            _check_commissioners(fields["commissioners"])
        checked(Arrangement, Marked(fields, layer.file, layer.line, layer.column), "an arrangement")
        if "levers" in fields:
            levers.append(fields.pop("levers"))
        merged |= fields
    resolve_levers(levers)
    whole = Marked(merged, layers[-1].file, layers[-1].line, layers[-1].column)
    arrangement = checked(Arrangement, whole, "an arrangement")
    if arrangement.decision_rule != "none" and not arrangement.commissioners:
        raise _nobody(arrangement.decision_rule, layers)
    return arrangement.model_copy(update={"levers": read_only(_merged_levers(levers))})


def _nobody(decision_rule: str, layers: Sequence[Marked]) -> InputError:
    """The error that nobody can negotiate, at the last place that had a say in it."""
    every = [layer.mapping("An arrangement") for layer in layers]
    fields = [item for item in every if "commissioners" in item or "decision_rule" in item][-1]
    return (fields.get("commissioners") or fields["decision_rule"]).error(
        f"Nobody can negotiate: the decision rule is '{decision_rule}' and there are no commissioners",
        "at least one commissioner, or the decision rule none",
    )


def _merged_levers(levers: Sequence[Marked]) -> dict[str, Any]:
    """The lever values as written, later layers over earlier ones; a single number replaces a mapping.

    A percentage becomes the number that it stands for.
    """
    merged: dict[str, Any] = {}
    for layer in levers:
        for name, item in layer.mapping("'levers'").items():
            value, before = percentages_read(item, LEVERS[name]).plain(), merged.get(name)
            if isinstance(value, dict) and "all" not in value and before is not None:
                before = before if isinstance(before, dict) else {"all": before}
                value = before | value
            merged[name] = value
    return merged


def _check_commissioners(commissioners: Marked) -> None:
    """Each commissioner by itself (for exact places of errors), then: names unique, a theme with at most one."""
    taken: dict[str, str] = {}
    names_so_far: set[str] = set()
    for item in commissioners.items("'commissioners'"):
        commissioner = checked(Commissioner, item, "a commissioner")
        fields = item.mapping("A commissioner")
        if commissioner.name in names_so_far:
            raise fields["name"].error(f"Two commissioners are named '{commissioner.name}'")
        names_so_far.add(commissioner.name)
        for theme in fields["themes"].items("'themes'"):
            name = theme.text("A theme")
            if name in taken:
                raise theme.error(f"The theme '{name}' belongs to two commissioners: '{taken[name]}' has it already")
            taken[name] = commissioner.name
