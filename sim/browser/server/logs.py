"""What the server says in its log: one line for each fault that a stranger can cause, and never too many."""

from __future__ import annotations

import logging
import time
from typing import Final

#: The log of the web app.
LOG: Final = logging.getLogger("totalplace.browser")


def in_one_line(error: BaseException) -> str:
    """What went wrong and where, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno})" if trace is not None else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{where}"


class _OneLine(logging.Filter):
    """Faults that a stranger can cause at will: one line each, without a traceback, and no more than some a minute."""

    MOST: Final = 30

    def __init__(self) -> None:
        super().__init__()
        self._minute, self._count = 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; False where there are too many."""
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            record.msg, record.args = f"{record.getMessage().splitlines()[0]}: {in_one_line(record.exc_info[1])}", ()
        record.exc_info = record.exc_text = None
        minute = int(time.monotonic() // 60)
        self._count = self._count + 1 if minute == self._minute else 1
        self._minute = minute
        return self._count <= self.MOST


def _tells_a_fault(record: logging.LogRecord) -> bool:
    """Whether a record is more than asyncio's remark that a page has left while it was written to, which is no fault."""
    return record.getMessage() != "socket.send() raised exception."


def faults_in_one_line() -> None:
    """From now on, what the libraries below say of a damaged message is one line in the log, and pages that leave are not in it."""
    for name in ("Comm", "ipykernel.comm", "uvicorn.error", "solara.server.fastapi", "solara.server.kernel", "solara.server.server",
                 "totalplace.browser"):
        logging.getLogger(name).addFilter(_OneLine())
    logging.getLogger("asyncio").addFilter(_tells_a_fault)
