"""Build the site: ``python -m docs.site.build [OUT]``.

Sources are copied and the generated pages added; nothing in ``docs/`` changes. The site appears when it is complete.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from docs.site import reference

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "build" / "docs"
#: A file that every site has.
INVENTORY: Final = "objects.inv"
#: What stands in the contents beside the text, by heading: pages by their path from the root of the site.
CONTENTS: Final = {
    "Start": ("tutorial", "gallery", "notebooks"),
    "How-to guides": (
        "how-to", "scenarios", "how-to/arrangement", "how-to/place", "how-to/year", "how-to/rule", "how-to/words", "how-to/metric",
        "sweeps", "analysis", "how-to/machine", "how-to/ingredients", "how-to/branch", "how-to/figures", "how-to/report", "browser",
        "how-to/two-eras", "how-to/rank", "how-to/questions-of-today", "how-to/my-own-place",
    ),
    "Reference": ("reference", *(page.removesuffix(".md") for page in reference.pages())),
    "Explanation": (
        "explanation", "then-and-now", "odd", "effects", "validation", "ablations", "levers", "panel", "review", "calibration",
        "structure", "reliability", "data", "performance", "words", "licences",
    ),
}
#: Where links of a page lead on the site, by what they lead to in the repository. Notebooks have a page of the same name.
PAGES: Final = {
    "../scenarios/levers.yaml": "reference/levers.md",
    "../scenarios/parameters.yaml": "reference/parameters.md",
    "../sim/model/metrics/": "reference/metrics.md",
    "../scenarios/arrangements/": "reference/arrangements.md",
    "../agents/": "reference/agents.md",
    "../sim/cli/": "reference/commands.md",
    "../src/totalplace/": "reference/python.md",
}
_NOTEBOOK: Final = re.compile(r"\.\./(notebooks/[\w-]+)\.ipynb")


def stage(folder: Path) -> None:
    """Write every page of the site as Markdown into ``folder``."""
    shutil.copytree(ROOT / "docs", folder, ignore=shutil.ignore_patterns("site", "__pycache__", ".*"), dirs_exist_ok=True)
    for name, write in reference.pages().items():
        _write(folder / name, write())
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in notebooks:
        _write(folder / "notebooks" / f"{path.stem}.md", reference.notebook(path))
    listed = {page for pages in CONTENTS.values() for page in pages}
    extra = {page for path in folder.rglob("*.md") if (page := path.relative_to(folder).with_suffix("").as_posix()) != "index"}
    extra -= listed | {f"notebooks/{path.stem}" for path in notebooks}
    contents = {**CONTENTS, "Explanation": (*CONTENTS["Explanation"], *sorted(extra))}
    for path in folder.glob("*.md"):
        _write(path, on_site(path.read_text("utf-8")))
    index = folder / "index.md"
    index.write_text(index.read_text("utf-8") + "".join(_toctree(title, pages) for title, pages in contents.items()), "utf-8")
    _write(folder / "notebooks.md", (folder / "notebooks.md").read_text("utf-8")
           + _toctree("", [f"notebooks/{path.stem}" for path in notebooks]))


def on_site(text: str) -> str:
    """A page of ``docs/`` with its links to files of the repository as links to the pages of the site that are made from them."""
    def leads(found: re.Match[str]) -> str:
        target = found[1]
        return f"]({PAGES.get(target) or _NOTEBOOK.sub(r'\1.md', target)})"

    return re.sub(r"\]\(([^)\s]+)\)", leads, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _toctree(title: str, pages: tuple[str, ...] | list[str]) -> str:
    caption = f":caption: {title}\n" if title else ""
    return f"\n```{{toctree}}\n:hidden:\n{caption}\n" + "\n".join(pages) + "\n```\n"


def build(out: Path = OUT) -> int:
    """Build the site into ``out``; the exit code of Sphinx, for which every warning is an error. An older site is replaced.

    Raises FileExistsError when ``out`` holds something else than a site.
    """
    from sphinx.cmd.build import build_main

    if out.exists() and any(out.iterdir()) and not (out / INVENTORY).is_file():
        raise FileExistsError(f"'{out}' holds something other than a site, and is not replaced")
    with tempfile.TemporaryDirectory(prefix="totalplace-docs-") as made:
        source, html = Path(made) / "source", Path(made) / "html"
        stage(source)
        settings = ["-c", str(ROOT / "docs" / "site"), "-d", str(Path(made) / "doctrees")]
        code = build_main(["-b", "html", *settings, "-q", "-W", "--keep-going", str(source), str(html)])
        if code == 0:
            shutil.rmtree(out, ignore_errors=True)
            out.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(html, out)
        return code


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    ended = build(where)
    if ended == 0:
        print(f"Documentation: {where / 'index.html'}")
    sys.exit(ended)
