"""Whose turn it is to compute, and how long a page without a browser keeps its session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import totalplace as tp
from tests.browser.serving import Socket, wait_until
from tests.browser.working import wait_for
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.server.background import CANCELLED, DONE, FAILED, RUNNING, Job, Work
from totalplace.sim.browser.server.fair_turns import Turns


class Tasks:
    """Jobs of several owners that report until they are told to end; ``order`` says who reported."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.ends, self.lock = turns, threading.Event(), threading.Lock()
        self.order: list[Any] = []
        self.jobs: list[Job] = []
        self.threads: list[threading.Thread] = []

    def start(self, owner: str, wanted: Callable[[], bool] = lambda: True) -> Work:
        """Start a job of ``owner``."""
        work = Work(self.jobs.append, self.turns.enter(owner, wanted))

        def task(work: Work) -> str:
            while not self.ends.is_set():
                work.report(0, 1)
                with self.lock:
                    self.order.append(owner)
            return owner

        thread = threading.Thread(target=work.run, args=(task,), daemon=True)
        thread.start()
        self.threads.append(thread)
        return work

    def reported(self, owner: str) -> int:
        """How often the jobs of an owner have reported."""
        with self.lock:
            return self.order.count(owner)

    def end(self) -> None:
        """Let all end."""
        self.ends.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads)


def test_who_comes_later_need_not_wait_for_the_end_of_a_long_job() -> None:
    tasks = Tasks(Turns(1, slice_seconds=0.01))
    for _ in range(4):
        tasks.start("greedy")
    wait_until(lambda: tasks.reported("greedy") > 10, "the first job does not run")
    others = [f"reader {i}" for i in range(5)]
    for name in others:
        tasks.start(name)
    wait_until(lambda: all(tasks.reported(name) > 10 for name in others), "a job waits for the end of another owner's")
    before = tasks.reported("greedy")
    wait_until(lambda: tasks.reported("greedy") > before, "the long job does not go on")
    tasks.end()
    assert sorted(job.result for job in tasks.jobs if job.state == DONE) == sorted(["greedy"] * 4 + others)


def test_a_job_whose_page_nobody_looks_at_rests() -> None:
    tasks, looked_at = Tasks(Turns(1, slice_seconds=0.01)), threading.Event()
    looked_at.set()
    tasks.start("away", looked_at.is_set)
    wait_until(lambda: tasks.reported("away") > 0, "the job does not run")
    looked_at.clear()
    tasks.start("here")
    wait_until(lambda: tasks.reported("here") > 10, "the other job does not run")
    rested = tasks.reported("away")
    wait_until(lambda: tasks.reported("here") > 200, "the other job does not go on")
    assert tasks.reported("away") == rested
    looked_at.set()
    wait_until(lambda: tasks.reported("away") > rested, "the job does not go on when its reader is back")
    tasks.end()


def test_an_owner_has_so_many_jobs_and_cancelled_ones_count_no_more() -> None:
    turns = Turns(1, most_each=2, most=3)
    first, _ = turns.enter("a"), turns.enter("a")
    with pytest.raises(InputError, match="2 jobs of yours"):
        turns.enter("a")
    first.give_up()
    turns.enter("a")
    turns.enter("b")
    with pytest.raises(InputError, match="Too many people"):
        turns.enter("c")


def test_a_job_is_cancelled_while_it_waits_and_while_it_runs() -> None:
    tasks = Tasks(Turns(1, slice_seconds=0.01))
    running = tasks.start("one")
    wait_until(lambda: tasks.reported("one") > 0, "the job does not run")
    waiting = tasks.start("one")
    waiting.cancel()
    tasks.threads[1].join(60)
    assert not tasks.threads[1].is_alive()
    running.cancel()
    tasks.threads[0].join(60)
    assert not tasks.threads[0].is_alive()
    assert [job.state for job in tasks.jobs if job.state in (DONE, FAILED, CANCELLED)] == []
    tasks.start("two")
    wait_until(lambda: tasks.reported("two") > 0, "no turn is left")
    tasks.end()


def test_a_long_comparison_of_one_reader_does_not_hold_up_another_s(new_page: Any, server: str) -> None:
    tp.ensemble(tp.load("silo", quarters=2), runs=1)  # the rules are compiled
    sides = "&".join(f"scenario={name}" for name in ("silo", "lsp", "prototype", "single-pot", "neighbourhood", "board-officer"))
    greedy, patient = new_page(), new_page()
    greedy.goto(f"{server}/compare?{sides}&runs=300&quarters=240")
    wait_for(greedy, RUNNING)
    patient.goto(f"{server}/compare?scenario=silo&scenario=lsp&runs=4&quarters=8")
    wait_for(patient, DONE)
    assert greedy.get_by_test_id("job").get_attribute("data-state") == RUNNING
    greedy.close()  # its work stops; Cancel, tried elsewhere, would come too late where it has just ended


def test_a_page_whose_browser_is_gone_for_good_is_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from solara.server import settings
    from solara.server.kernel_context import contexts

    with Socket(port) as mine:
        mine.show("/guide")
        assert contexts[mine.kernel].container is not None
        monkeypatch.setattr(settings.kernel, "cull_timeout", "1s")
    wait_until(lambda: mine.kernel not in contexts, "the page is kept")
