# make run    the main job: ten arrangements in Birmingham, 100 seeds each, results and figures
# make test   the tests; COVERAGE=1 for the share of lines that they reach
# make lint   style and types        make bench   speed, as JSON lines
# make docs   the documentation as a site, in build/docs; needs no network
# make soak   the long tests   make setup  only .venv             make clean   remove what make made
# make renew  all that follows from a change of rules, values or defaults; WHY="..." where results change, ONLY=step, LIST=1
ARRANGEMENTS = silo lsp board-political board-officer joint-commissioning outcome-partnership neighbourhood \
	prototype mandated-pooling single-pot
RESULTS = results/birmingham
PYTHON = .venv/bin/python

.PHONY: run test soak bench lint docs renew setup setup-dev clean

run: setup
	.venv/bin/totalplace compare $(ARRANGEMENTS) --baseline silo --place Birmingham --year 2010-11 \
		--runs 100 --seed 1 --quarters 40 --out $(RESULTS) --force

test: setup-dev
	$(PYTHON) -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(if $(COVERAGE),--cov --cov-report=term)

soak: setup-dev
	$(PYTHON) -m pytest -n 2 --dist loadfile -m soak

bench: setup-dev
	$(PYTHON) -m benchmarks

renew: setup-dev
	$(PYTHON) -m tools.renew --why "$$WHY" $(foreach step,$(ONLY),--only $(step)) $(if $(LIST),--list)

docs: setup-dev
	$(PYTHON) -m docs.site.build

lint: setup-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy

setup:
	@sh .ci/setup

setup-dev:
	@sh .ci/setup dev

clean:
	rm -rf .venv build dist $(RESULTS) .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find agents scenarios sim tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
