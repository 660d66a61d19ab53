"""The report of a folder that an analysis or a ranking wrote: what it said, its tables and its figures as they were drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from totalplace.scenarios.errors import InputError
from totalplace.sim.report import provenance
from totalplace.sim.report.content import Picture, Report, Section, listed, upper
from totalplace.sim.report.read_results import read_manifest
from totalplace.sim.results.plain import MOST_POINTS

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.figures.style import Chart

#: What a folder has to be for a report of it.
_ALLOWED = "a folder that an analysis or a ranking wrote with --out, as it was written"


def report_of_analysis(folder: Path) -> Report:
    """The report of what an analysis wrote: sentences, tables with full numbers, figures. Raises InputError."""
    manifest = read_manifest(folder)
    if "sentences" not in manifest or "captions" in manifest:
        raise InputError(f"'{folder}' holds figures and tables of a report", allowed="the folder that the report is of")
    title, source = str(manifest["title"]), f"{upper(str(manifest['source']))}."
    sentences, units = [str(words) for words in manifest["sentences"]], manifest.get("units", {})
    asked = [sentences.pop(0)] if sentences and sentences[0].endswith("?") else []
    tables = []
    for name in manifest["tables"]:
        unit, what = units.get(name, ""), str(name).replace("-", " ")
        frame, shown = _table(folder, str(name)), manifest.get("shown", {}).get(name)
        if not len(frame) or shown == []:
            continue
        kept = [column for column in shown or frame.columns if column in frame]
        one = listed(str(name), f"{title}: {what}{f' ({unit})' if unit else ''}", frame[kept], setting=source, alike=name in units)
        tables.append(replace(one, frame=frame, sheet=frame))
    pictures = tuple(Picture(str(name), f"{title}: {str(name).replace('-', ' ')}.", partial(_as_drawn, folder, str(name)))
                     for name in manifest["figures"])
    section = Section("answer", "What came out", points=tuple(sentences[MOST_POINTS:]), notes=tuple(map(str, manifest["warnings"])),
                      tables=tuple(tables), pictures=pictures)
    return Report(
        title=title, lead=asked[0] if asked else title, facts=(("Of", str(manifest["source"])),),
        summary=tuple(sentences[:MOST_POINTS]), sections=(section, provenance.of_analysis(manifest)), setting=source,
        made=str(manifest.get("written", "")),
    )


def _table(folder: Path, name: str) -> pd.DataFrame:
    """A table of the folder. Raises InputError."""
    import pandas as pd

    try:
        return pd.read_parquet(folder / f"{name}.parquet")
    except (OSError, ValueError) as problem:
        raise InputError(f"The table '{name}.parquet' of '{folder}' cannot be read", allowed=_ALLOWED) from problem


def _as_drawn(folder: Path, name: str) -> Chart:
    """A figure of the folder as it was drawn, in its own proportions, with its data.

    It is as wide as it was drawn, or, where that is less, as the house style or the height of its page lets it be. Raises
    FileNotFoundError where it was drawn in other kinds of file.
    """
    import pandas as pd
    from PIL import Image

    from totalplace.sim.figures.chart import Chart, on_page
    from totalplace.sim.figures.house import DPI

    with Image.open(folder / "figures" / f"{name}.png") as drawn:
        pixels, (wide, tall) = drawn.convert("RGB"), drawn.size
        dpi = float(drawn.info.get("dpi", (DPI, DPI))[0])
    chart = Chart(wide / dpi, tall / dpi)
    height = on_page(min(float(chart.get_figwidth()), wide / dpi) * tall / wide)
    chart.set_size_inches(height * wide / tall, height)
    chart.set_layout_engine("none")
    axes = chart.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.imshow(pixels, interpolation="lanczos", aspect="auto")
    data = folder / "figures" / f"{name}.csv"
    chart.data = pd.read_csv(data) if data.is_file() else None
    return chart
