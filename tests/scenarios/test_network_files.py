"""A network of one's own: every line of its file is two agencies, or is refused at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from totalplace.scenarios import load
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.network import Ties

TIES = (("council", "nhs"), ("council", "police"), ("fire", "police"))


def scenario(folder: Path, text: str) -> Path:
    (folder / "ties.txt").write_text(text, "utf-8")
    path = folder / "mine.yaml"
    path.write_text("extends: joint-commissioning\nplace: Rutland\nquarters: 4\nclusters: 1\nnetwork: {file: ties.txt}\n", "utf-8")
    return path


@pytest.mark.parametrize("parted", [" ", ",", ";", "\t", ", ", " ; "])
def test_names_may_be_parted_by_blanks_commas_and_semicolons(tmp_path: Path, parted: str) -> None:
    text = f"# who meets whom\n\npolice{parted}fire\ncouncil{parted}nhs  # the board\nnhs{parted}council\npolice{parted}council\n"
    network = load(scenario(tmp_path, text)).network
    assert isinstance(network, Ties)
    assert network.ties == TIES


@pytest.mark.parametrize(("text", "line", "said"), [
    ("council nhs\npolice\n", 2, "A line of a network file has one agency"),
    ("council nhs police\n", 1, "A line of a network file has 3 words"),
    ("council,nhs,0.5\n", 1, "A line of a network file has 3 words"),
    ("council nhs\ncouncil polic\n", 2, "There is no agency 'polic' in the network. Did you mean 'police'"),
    ("", None, "The network file has no tie"),
    ("# nothing yet\n", None, "The network file has no tie"),
])
def test_anything_else_is_refused_at_its_line(tmp_path: Path, text: str, line: int | None, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        load(scenario(tmp_path, text))
    assert caught.value.line == line
    assert str(caught.value.file).endswith("ties.txt")
