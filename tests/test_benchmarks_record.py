"""Results as data: written and read back, compared, shown as tables, a page and a plot."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.compare import compared, shown
from benchmarks.goals import GOALS, NOTES
from benchmarks.page import page
from benchmarks.plot import draw
from benchmarks.record import Curve, Results, Row, Spread, from_json, to_json
from benchmarks.report import cells, markdown, sorted_rows, summary, terminal

MACHINE = {"cpu": "abacus", "cores": "2", "python": "CPython 3.11"}
STEADY = (1.00, 1.02, 0.98, 1.01, 0.99, 1.00, 1.03)

texts = st.text(max_size=8)
numbers = st.floats(min_value=1e-9, max_value=1e9)
samples = st.lists(numbers, max_size=4).map(tuple)
rows = st.builds(Row, texts, texts, samples, samples, texts, texts, st.sampled_from(["", *GOALS]), st.none() | numbers)
curves = st.builds(Curve, texts, texts, st.lists(st.tuples(numbers, numbers), max_size=3).map(tuple))
results = st.builds(
    Results,
    texts,
    st.dictionaries(texts, texts, max_size=3),
    st.lists(texts, max_size=2).map(tuple),
    st.lists(rows, max_size=3).map(tuple),
    st.lists(curves, max_size=2).map(tuple),
)


def row(ours: tuple[float, ...], reference: tuple[float, ...] = STEADY, name: str = "chain") -> Row:
    return Row("inline", name, ours, reference, "by hand", goal="P1", most=1.15)


def scaled(factor: float, by: tuple[float, ...] = STEADY) -> tuple[float, ...]:
    return tuple(factor * each for each in by)


def made(*rows: Row, machine: dict[str, str] | None = None) -> Results:
    return Results("python -m benchmarks", machine or MACHINE, ("peer x: y is not installed",), rows)


@given(results)
def test_results_are_read_as_they_were_written(found: Results) -> None:
    assert from_json(to_json(found)) == found


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"version": 1}', '{"version": 0, "rows": []}', '{"version": 1, "command": "", "machine": 3}']
)
def test_what_is_no_results_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="these are no results"):
        from_json(text)


def test_a_row_with_an_unknown_field_is_refused() -> None:
    data = json.loads(to_json(made(row(STEADY))))
    data["rows"][0]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        from_json(json.dumps(data))


def test_a_ratio_is_taken_round_by_round() -> None:
    found = row((2.0, 30.0, 4.0), (1.0, 10.0, 2.0))
    assert found.judged == (2.0, 3.0, 2.0)
    assert Spread.of(found.judged) == Spread(2.0, 2.0, 3.0)


def test_a_goal_is_met_by_the_median() -> None:
    assert row((1.0, 1.0, 9.0), (1.0, 1.0, 1.0)).met is True
    assert row((1.0, 9.0, 9.0), (1.0, 1.0, 1.0)).met is False
    assert Row("startup", "import", (50.0,), unit="ms", goal="P12", most=60.0).met is True
    assert row(()).met is None
    assert attrs.evolve(row(STEADY), most=None).met is None


def test_a_slowed_row_is_named_and_noise_is_not() -> None:
    old = made(row(STEADY, name="chain"), row(STEADY, name="wide"), row(scaled(2.0), name="layered"))
    noisy = (0.95, 1.08, 1.02, 1.12, 0.97, 1.04, 1.60)
    new = made(row(scaled(1.4), name="chain"), row(noisy, name="wide"), row(STEADY, name="layered"))
    found = compared(new, old)
    assert [(each.row.name, round(each.factor, 1)) for each in found.slower] == [("chain", 1.4)]
    assert [each.row.name for each in found.faster] == ["layered"]
    assert (found.same, found.unknown) == (1, ())
    assert "slower  x 1.40  chain" in shown(found)
    assert "wide" not in shown(found)


def test_the_same_results_are_the_same() -> None:
    found = compared(made(row(STEADY)), made(row(STEADY)))
    assert (found.slower, found.faster, found.same) == ((), (), 1)


def test_ratios_are_compared_across_machines_and_times_are_not() -> None:
    alone = Row("startup", "import", scaled(3.0), unit="ms")
    was = attrs.evolve(alone, ours=STEADY)
    there = {**MACHINE, "cpu": "another"}
    assert compared(made(alone), made(was)).slower[0].row is alone
    assert compared(made(alone), made(was, machine=there)).unknown == ("import: no ratio, and another machine",)
    assert compared(made(row(scaled(3.0))), made(row(STEADY), machine=there)).slower


def test_what_cannot_be_compared_is_named() -> None:
    found = compared(made(row(STEADY, name="new"), row((1.0, 1.0))), made(row(STEADY)))
    assert found.unknown == ("new: not in the older results", "chain: fewer than 4 rounds")


def test_rows_are_told_apart_by_topic_name_reference_and_unit_of_what_is_judged() -> None:
    ratio = row(STEADY)
    figure = Row("inline", "chain", STEADY, goal="P1", most=4.0)
    assert ratio.key != figure.key
    assert compared(made(ratio, figure), made(ratio, figure)).same == 2


def test_a_row_says_ratio_goal_and_whether_it_is_met() -> None:
    assert cells(row((0.02, 0.04, 0.03), (0.02, 0.02, 0.02))) == (
        "P1",
        "chain",
        "by hand",
        "0.0300 us/node",
        "0.0200 us/node",
        "1.50",
        "1.00..2.00",
        "1.15",
        "no",
    )
    assert cells(row(()))[3:] == ("-", "1.00 us/node", "-", "-", "1.15", "-")
    assert cells(Row("startup", "import", (50.0,), unit="ms"))[3:] == ("50.0 ms", "-", "-", "-", "-", "-")


def test_rows_are_ordered_by_the_number_of_their_goal() -> None:
    tenth, second, none = [attrs.evolve(row(STEADY), goal=goal) for goal in ("P10", "P2", "")]
    assert sorted_rows([tenth, none, second]) == ([second, tenth], [none])


def test_the_summary_counts_rows_and_goals() -> None:
    assert summary([row(STEADY), row(scaled(2.0)), row(())]) == "1 of 2 rows meet their goal; all rows of none do"
    assert summary([row(STEADY)]) == "1 of 1 rows meet their goal; all rows of P1 do"


def test_tables_show_every_row_and_what_was_left_out() -> None:
    found = made(row(STEADY), attrs.evolve(row(STEADY, name="FFT"), goal=""))
    text = terminal(found)
    assert "chain" in text
    assert "FFT" in text
    assert "left out: peer x: y is not installed" in text
    assert "abacus" in text
    table = markdown(found.rows).splitlines()
    assert len(table) == 4
    assert len({line.count("|") for line in table}) == 1


def test_a_page_says_how_it_was_made_and_what_came_out() -> None:
    text = page(made(row(STEADY)), "plot.svg")
    assert "python -m benchmarks" in text
    assert "](plot.svg)" in text
    assert "peer x: y is not installed" in text
    assert "1 of 1 rows meet their goal" in text
    assert "](" not in page(made(row(STEADY)))


def test_a_page_says_why_a_goal_is_not_met_if_it_is_not() -> None:
    assert NOTES.keys() <= GOALS.keys()
    assert NOTES["P1"] in page(made(row(scaled(1.3))))
    assert NOTES["P1"] not in page(made(row(STEADY)))


def test_a_plot_is_drawn_and_the_same_curves_give_the_same_image(tmp_path: Path) -> None:
    points = ((1.0, 0.2), (10.0, 0.9))
    drawn = attrs.evolve(
        made(), curves=tuple(Curve(plot, "dataflow", points) for plot in ("efficiency, tree", "built and run"))
    )
    draw(drawn, tmp_path / "one.svg")
    draw(drawn, tmp_path / "two.svg")
    one = (tmp_path / "one.svg").read_text()
    assert one.startswith("<?xml")
    assert one == (tmp_path / "two.svg").read_text()


def test_no_curves_no_plot(tmp_path: Path) -> None:
    draw(made(), tmp_path / "none.svg")
    assert not (tmp_path / "none.svg").exists()
