"""Small pictures of what the notebooks show, for the site: ``python -m tools.notebook_pictures [NUMBER ...]``.

Each notebook is run with the numbers below, which are smaller than its own, and its figures that are named here are kept under
``docs/images/notebooks``. The notebooks themselves are kept without outputs. Takes some minutes.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = ROOT / "docs" / "images" / "notebooks"
#: The numbers that a notebook is run with, and which of its figures are kept, by number of the notebook.
NUMBERS: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "01": ("RUNS = 40", (1, 3)),
    "02": ("RUNS = 40", (1,)),
    "03": ("SAMPLES, TRAJECTORIES, QUARTERS = 64, 10, 24", (1, 2)),
    "04": ("POINTS, QUARTERS = 60, 24", (0, 2)),
    "05": ("QUARTERS, SEEDS = 20, 6", (0,)),
    "06": ("REPLICATES, QUARTERS = 10, 40", (1,)),
    "07": ("RUNS, QUARTERS = 40, 24", (0,)),
    "08": ("RUNS, QUARTERS = 40, 24", (0, 1)),
}
#: Width of a picture in pixels, and seconds that a cell may take.
WIDTH: Final = 1100
MOST_SECONDS: Final = 1800


def run(path: Path, numbers: str, folder: Path) -> list[bytes]:
    """The figures of a notebook, as PNG, in the order in which they are drawn. Raises what a cell raises."""
    import nbformat
    from nbclient import NotebookClient

    notebook: Any = nbformat.read(path, as_version=4)
    where = next(number for number, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", ()))
    notebook.cells.insert(where + 1, nbformat.v4.new_code_cell(numbers))
    NotebookClient(notebook, timeout=MOST_SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [base64.b64decode(output["data"]["image/png"]) for output in outputs if "image/png" in output.get("data", {})]


def smaller(picture: bytes) -> bytes:
    """A picture at most :data:`WIDTH` wide, with few colours, as small a file as is still legible."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.quantize(64).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def write(path: Path) -> list[Path]:
    """Run a notebook and write its pictures; gives their paths."""
    numbers, kept = NUMBERS[path.stem[:2]]
    with tempfile.TemporaryDirectory(prefix="totalplace-notebook-") as folder:
        figures = run(path, numbers, Path(folder))
    PICTURES.mkdir(parents=True, exist_ok=True)
    written = []
    for place, number in enumerate(kept, start=1):
        out = PICTURES / f"{path.stem}-{place}.png"
        out.write_bytes(smaller(figures[number]))
        written.append(out)
    return written


def main(asked: list[str]) -> int:
    """Write the pictures of the notebooks asked for by number, or of all."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        if not asked or path.stem[:2] in asked:
            for picture in write(path):
                print(picture.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
