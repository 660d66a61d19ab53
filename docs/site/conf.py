"""The documentation site: Sphinx with MyST and Furo. Nothing is fetched while it is built or read."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "totalplace"
author = "the totalplace contributors"
copyright = "the totalplace contributors, MIT licence"
release = version = installed("totalplace")
language = "en-GB"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 4
myst_enable_extensions = ["fieldlist"]
suppress_warnings = ["misc.highlighting_failure"]  # a line with … in a shell example is no error
html_theme = "furo"
html_title = "totalplace"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_numpy_docstring = True
