"""Reports: one self-contained page from a folder of results or of a sweep, with its figures and tables beside it."""

from totalplace.sim.report.write import report, write_report

__all__ = ["report", "write_report"]
