"""Reports: a self-contained page, a document or a workbook from a folder of results or of a sweep, with its figures and tables."""

from totalplace.sim.report.write import report, write_report

__all__ = ["report", "write_report"]
