"""The partnership network: the bundle, what it is given, and what it does in a browser."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import totalplace as tp
from tests.browser.reading import open_place, step
from totalplace.sim.browser.state.snapshot import Snapshot, take
from totalplace.sim.browser.widgets import network as module
from totalplace.sim.browser.widgets.network import PartnershipNetwork, network_of
from totalplace.sim.browser.widgets.picture import figures, structure

HERE = Path(module.__file__).parent
ROOT = "[data-testid=network]"


@pytest.fixture(scope="module")
def shots() -> list[Snapshot]:
    """The place page's first quarters: before the first and after each of eight."""
    model = tp.PlaceModel(tp.load("joint-commissioning"), rng=1)
    found = [take(model)]
    for _ in range(8):
        model.step()
        found.append(take(model, before=found[-1]))
    return found


def test_the_bundle_is_built_from_its_source() -> None:
    source = HERE / "source"
    names = sorted(path.name for path in source.iterdir()
                   if path.suffix in (".js", ".mjs") or path.name in ("package.json", "package-lock.json"))
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + (source / name).read_bytes())
    first = (HERE / "network.js").read_text("utf-8").splitlines()[0]
    assert digest.hexdigest() in first, "build the bundle again: npm run build in sim/browser/widgets/source"


def test_the_bundle_is_small_asks_for_nothing_and_carries_its_licences() -> None:
    bundle = (HERE / "network.js").read_text("utf-8")
    assert len(bundle.encode()) < 100_000
    for word in ("fetch(", "XMLHttpRequest", "importScripts", "https://"):
        assert word not in bundle
    packages = json.loads((HERE / "source" / "package.json").read_text("utf-8"))["dependencies"]
    licences = (HERE / "network.licences.txt").read_text("utf-8")
    assert all(name in licences for name in packages)
    assert "Mike Bostock" in licences


def test_figures_belong_to_their_structure_and_give_the_money(shots: list[Snapshot]) -> None:
    shot = shots[-1]
    built = structure(shot)
    given = figures(shot, built["key"])
    assert len(given["nodes"]) == len(built["nodes"]) == len(shot.nodes)
    assert len(given["edges"]) == len(built["edges"])
    ids = [node["id"] for node in built["nodes"]]
    ceded = sum(money for (money, _), (_, _, kind) in zip(given["edges"], built["edges"], strict=True) if kind == "tie")
    assert ceded == pytest.approx(float(shot.ties["money"].sum()), abs=0.05)
    assert shot.metrics is not None
    nhs = given["nodes"][ids.index("agency:1")]
    assert nhs[0] == pytest.approx(float(shot.agencies[1]["budget"]), abs=1e-3)
    assert 100 * nhs[1] == pytest.approx(float(shot.metrics["ceded_nhs"]), abs=0.02)
    assert len(given["pulses"]) == len(shot.pulses)


def test_the_structure_changes_only_when_ties_do(shots: list[Snapshot]) -> None:
    keys = [structure(shot)["key"] for shot in shots]
    ties = [tuple((edge.source, edge.target, edge.kind) for edge in shot.edges) for shot in shots]
    assert all((a == b) == (c == d) for a, b, c, d in zip(keys, keys[1:], ties, ties[1:], strict=False))
    assert len(json.dumps(figures(shots[-1], keys[-1]))) < 25_000


def test_a_finer_place_shows_kinds_of_people() -> None:
    model = tp.PlaceModel(tp.load("lsp", clusters="finest", place="Rutland", quarters=4), rng=1)
    model.step()
    built = structure(take(model))
    assert sum(node["kind"] == "cohort" for node in built["nodes"]) == 6
    given = figures(take(model), built["key"])
    people = [node[0] for node in given["nodes"][-6:]]
    assert sum(people) == pytest.approx(float(model.world.cohorts["persons"].sum()), rel=1e-6)


def test_the_widget_shows_a_model_in_a_notebook() -> None:
    model = tp.PlaceModel(tp.load("joint-commissioning"), rng=1)
    network = PartnershipNetwork.of(model, height=400, theme="light")
    assert json.loads(network.figures)["step"] == 0
    model.step()
    network.show(model)
    assert json.loads(network.figures)["step"] == 1
    assert json.loads(network.figures)["key"] == json.loads(network.structure)["key"]
    assert set(network.colours) == {"light", "dark"}


def test_it_is_a_component_of_mesas_own_page() -> None:
    import solara
    from mesa.visualization import SolaraViz

    model = tp.PlaceModel(tp.load("joint-commissioning"), rng=1)
    _, context = solara.render(SolaraViz(model, components=[network_of]), handle_error=False)
    try:
        shown = context.find(PartnershipNetwork)
        shown.assert_single()
        assert json.loads(shown.widget.figures)["step"] == 0
        shown.widget.selected = "agency:1"
        assert context.find(PartnershipNetwork).widget.selected == "agency:1"
    finally:
        context.close()


#: A host with nothing but what every host of an anywidget gives: a model with traits, and an element.
HOST = """async ([bundle, traits]) => {
    const widget = (await import(URL.createObjectURL(new Blob([bundle], {type: "text/javascript"})))).default;
    const heard = {};
    const model = window.model = {
        get: name => traits[name], save_changes: () => { window.saved = traits.selected; },
        set: (name, value) => { traits[name] = value; (heard[`change:${name}`] || []).forEach(tell => tell()); },
        on: (name, tell) => { (heard[name] ||= []).push(tell); },
        off: (name, tell) => { heard[name] = heard[name].filter(one => one !== tell); },
    };
    window.heard = heard;
    window.clean = widget.render({model, el: document.body});
}"""


def test_it_works_in_any_host_of_widgets(new_page: Any, shots: list[Snapshot]) -> None:
    page = new_page(color_scheme="dark")
    page.goto("about:blank")
    network = PartnershipNetwork.of(shots[4])
    traits = {name: getattr(network, name) for name in ("structure", "figures", "selected", "theme", "height", "colours", "words")}
    page.evaluate(HOST, [(HERE / "network.js").read_text("utf-8"), traits])
    page.locator(f"{ROOT}[data-step='4'][data-theme='dark']").wait_for()
    page.locator(f"{ROOT} [data-node='agency:1']").click()
    page.wait_for_function("() => window.saved === 'agency:1'")
    network.show(shots[5])
    page.evaluate("([built, shown]) => { model.set('structure', built); model.set('figures', shown); }",
                  [network.structure, network.figures])
    page.locator(f"{ROOT}[data-step='5'][data-selected='agency:1']").wait_for()
    page.evaluate("() => { model.set('selected', ''); model.set('theme', 'light'); }")
    page.locator(f"{ROOT}[data-selected=''][data-theme='light']").wait_for()
    page.evaluate("() => window.clean()")
    assert page.evaluate("() => Object.values(heard).flat().length") == 0


def data(page: Any, name: str) -> str:
    return str(page.locator(ROOT).get_attribute(f"data-{name}"))


def spots(page: Any) -> dict[str, str]:
    """Where every node stands, once the widget has placed them."""
    page.wait_for_function("() => [...document.querySelectorAll('[data-node]')].every(spot => spot.style.transform)")
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[data-node]')].map(
            spot => [spot.dataset.node, spot.style.transform]))""")
    return found


def test_a_step_shows_its_requests_and_nodes_stay_where_they_are(page: Any, server: str, shots: list[Snapshot]) -> None:
    open_place(page, server)
    page.locator(f"{ROOT}[data-step='0']").wait_for()
    before = spots(page)
    assert len(before) == len(shots[0].nodes)
    for passed in (1, 2, 3):
        step(page)
        page.locator(f"{ROOT}[data-step='{passed}']").wait_for()
        outcomes = [pulse["outcome"] for pulse in figures(shots[passed], "")["pulses"]]
        assert {name: int(data(page, name)) for name in ("agreed", "refused", "blocked")} == {
            name: outcomes.count(name) for name in ("agreed", "refused", "blocked")}
    after = spots(page)
    assert page.locator("[data-node='department:0']").bounding_box()["width"] > 40
    assert {key: value for key, value in after.items() if key.startswith("department")} == {
        key: value for key, value in before.items() if key.startswith("department")}


#: A machine on which the widget's code takes longer to load than the two seconds that anywidget waits.
SLOW = """
const Plain = Blob;
window.Blob = class extends Plain {
  constructor(parts, options) {
    const code = options?.type === 'text/javascript';
    super(code ? ['await new Promise((go) => setTimeout(go, 3000));\\n', ...parts] : parts, options);
  }
};
"""


def test_a_widget_that_took_long_to_load_still_hears_the_news(page: Any, server: str) -> None:
    page.add_init_script(SLOW)
    open_place(page, server)
    page.locator(f"{ROOT}[data-step='0']").wait_for()
    step(page)
    page.locator(f"{ROOT}[data-step='1']").wait_for()


def test_keys_go_from_node_to_node_before_they_have_their_places(page: Any, server: str) -> None:
    """On a busy machine a key may come before the page is laid out."""
    page.add_init_script("window.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} }")
    open_place(page, server)
    page.locator(f"{ROOT} [data-node='agency:0']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("data-node", "agency:1")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_attribute("data-node", re.compile("^commissioner:"))


def test_keys_reach_every_node_and_choose_it(page: Any, server: str) -> None:
    open_place(page, server)
    page.locator(f"{ROOT} [data-node='agency:0']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("data-node", re.compile("^agency:[1-9]"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_attribute("data-node", re.compile("^commissioner:"))
    page.locator(f"{ROOT} [data-node='agency:1']").focus()
    page.keyboard.press("Enter")
    page.locator(f"{ROOT}[data-selected='agency:1']").wait_for()
    page.get_by_test_id("node-card").get_by_text("NHS").first.wait_for()
    page.locator(f"{ROOT} [data-node='agency:1']").focus()
    page.keyboard.press("Escape")
    page.locator(f"{ROOT}[data-selected='']").wait_for()
    page.get_by_test_id("node-card").wait_for(state="detached")


def test_the_pointer_shows_figures_and_a_click_chooses(page: Any, server: str, shots: list[Snapshot]) -> None:
    open_place(page, server)
    node = page.locator(f"{ROOT} [data-node='agency:0']")
    node.hover()
    tip = page.locator(f"{ROOT} [role=tooltip]")
    tip.wait_for()
    assert tip.inner_text().splitlines()[:2] == ["Council", figures(shots[0], "")["nodes"][8][2]]
    assert node.get_attribute("aria-label").startswith("council. budget £")
    node.click()
    page.locator(f"{ROOT}[data-selected='agency:0']").wait_for()
    node.click()
    page.locator(f"{ROOT}[data-selected='']").wait_for()


def test_a_node_can_be_dragged_and_the_picture_zoomed(page: Any, server: str) -> None:
    open_place(page, server)
    node = page.locator(f"{ROOT} [data-node='agency:1']")
    box = node.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 70, box["y"] + 60, steps=5)
    page.mouse.up()
    moved = node.bounding_box()
    assert abs(moved["x"] - box["x"]) > 20
    assert data(page, "selected") == ""
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("([node, width]) => document.querySelector(node).getBoundingClientRect().width > 1.2 * width",
                           arg=[f"{ROOT} [data-node='agency:1']", box["width"]])
    page.get_by_role("button", name="Whole picture").click()
    page.wait_for_function("([node, x]) => Math.abs(document.querySelector(node).getBoundingClientRect().x - x) < 1",
                           arg=[f"{ROOT} [data-node='agency:1']", box["x"]])


def test_nothing_moves_for_those_who_asked_for_it_and_dense_screens_get_every_pixel(new_page: Any, server: str) -> None:
    page = new_page(reduced_motion="reduce", device_scale_factor=2, color_scheme="dark")
    open_place(page, server)
    page.evaluate("""root => { const network = document.querySelector(root); window.moved = [];
        const heard = new MutationObserver(() => window.moved.push(network.dataset.moving));
        heard.observe(network, {attributeFilter: ["data-moving"]}); }""", ROOT)
    step(page)
    page.locator(f"{ROOT}[data-step='1'][data-moving]").wait_for()
    page.wait_for_function("() => window.moved.length > 0")
    assert set(page.evaluate("() => window.moved")) == {"false"}
    assert data(page, "theme") == "dark"
    sizes = page.evaluate("() => { const c = document.querySelector('.tp-network-canvas'); return [c.width, c.clientWidth]; }")
    assert sizes[0] == 2 * sizes[1]
    painted = page.evaluate("""() => { const c = document.querySelector('.tp-network-canvas');
        return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(value => value !== 0); }""")
    assert painted


def test_everything_fits_on_a_phone(new_page: Any, server: str) -> None:
    page = new_page(width=420)
    open_place(page, server)
    boxes = page.evaluate("""() => { const stage = document.querySelector('.tp-network-stage').getBoundingClientRect();
        return [...document.querySelectorAll('[data-node]')].map(spot => spot.getBoundingClientRect()).filter(
            box => box.left < stage.left - 1 || box.right > stage.right + 1 || box.bottom > stage.bottom + 1).length; }""")
    assert boxes == 0
