"""The report: one page with all it needs, that shows what a reader looks for, at any width."""

import re
from xml.etree import ElementTree

import pytest
from browser import PATIENCE, chromium
from fake_systems import answer
from test_figures import by_hand, row
from test_run import case

from evals.figures import Figure
from evals.report import page
from evals.report.html import plots_page
from evals.report.plots import bars, curves

HOSTILE = '<img src=x onerror="document.title=1">'


def rows():
    korean = case("감사 보고서는 언제 나오나요?", "s", language="ko", verdict="yes")
    asked = [
        *by_hand(),
        row(korean, answer("x", text=f"매년 나옵니다. {HOSTILE} [1]", verdict="no")),
        row(case("unseen", "s").model_copy(update={"split": "test"}), answer("x")),
    ]
    return [
        row(one.case, one.answer or one.error, system=system, peak_mib=300.0)
        for system in ("ours", "dense=/models/다국어")
        for one in asked
    ]


def texts(svg):
    return [node.text for node in ElementTree.fromstring(svg.replace("<svg ", "<svg xmlns:x='x' ")).iter("text")]


def test_report_is_one_page_that_fetches_nothing():
    text = page(rows())
    assert not re.search(r"(src|href)=[\"']?(?!#)\w", text.split("</head>")[0])
    assert not re.search(r"https?://", text)
    assert "url(" not in text


def test_report_begins_with_how_far_ahead_of_the_nearest_rival_the_first_system_is():
    ours = [row(case(f"q{n}", "s"), answer("s" if n < 10 else "x")) for n in range(12)]
    others = {"without-reader": 9, "bm25": 1, "dense": 2}
    rivals = [
        row(one.case, answer("s" if n < right else "x"), system=name)
        for name, right in others.items()
        for n, one in enumerate(ours)
    ]
    text = " ".join(page([*ours, *rivals]).split('class="lead">')[1].split("</p>")[0].split())
    assert text == (
        "<strong>ours</strong>: 83% of the answers are fully right (58 to 100), of the nearest rival, "
        "<strong>dense</strong>, 17%; ahead by 67 points (42 to 92, p 0.008)."
    )
    assert "nearest rival" not in page(ours)


def test_report_shows_failures_of_the_development_questions_only():
    text = page(rows())
    assert 'data-fault="wrong verdict"' in text
    assert 'data-fault="answered what must be refused"' in text
    assert "ValueError: boom" in text
    assert "감사 보고서는 언제 나오나요?" in text
    assert "unseen" not in text
    assert HOSTILE not in text
    assert "&lt;img" in text


def test_bars_show_names_values_and_intervals():
    svg = bars({"목록 <b>": [Figure(0.5, 0.25, 0.75, 8), Figure(1.0, 0.7, 1.0, 9)]}, ["English", "Korean"])
    assert texts(svg) == ["English", "Korean", "목록 <b>", "0.50  n 8", "1.00  n 9"]
    widths = [float(one) for one in re.findall(r'<rect class="s\d" x="0" y="\d+" width="([\d.]+)"', svg)]
    assert widths[-2:] == [164.0, 328.0]
    assert 'x1="82.0" x2="246.0"' in svg


def test_bars_of_nothing_leave_a_gap():
    assert texts(bars({"lookup": [Figure(0.0, 0.0, 1.0, 0)]}, ["English"])) == ["lookup"]


def test_curves_place_points_between_their_axes():
    svg = curves({"a": [(0.0, 0.0), (1.0, 1.0)]}, x="across", y="up")
    assert "M52.0 260.0 L404.0 12.0" in svg
    assert texts(svg)[-2:] == ["across", "up"]
    logarithmic = curves({"a": [(10, 1), (1000, 100)]}, x="x", y="y", logarithmic=True)
    assert "M52.0 260.0 L404.0 12.0" in logarithmic
    assert "1k" in texts(logarithmic)


def test_page_of_plots_has_each():
    text = plots_page("성장", {"one": "<svg></svg>", "two": "<svg></svg>"})
    assert text.count("<svg") == 2
    assert "<title>성장</title>" in text


@pytest.mark.parametrize("width", [1280, 390])
def test_report_in_a_browser(width, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(page(rows()), encoding="utf-8")
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tab.set_default_timeout(PATIENCE)
        complaints = []
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.locator("figure svg").count() == 6
        assert tab.locator(".failure:visible").count() == 5
        tab.locator("select[data-filter=fault]").select_option("failed")
        assert tab.locator(".failure:visible").count() == 1
        tab.locator("select[data-filter=fault]").select_option("wrong verdict")
        tab.locator("select[data-filter=language]").select_option("ko")
        failure = tab.locator(".failure:visible")
        failure.locator("summary").click()
        assert "매년 나옵니다." in failure.locator(".said").inner_text()
        assert tab.title() == "SOC Assistant: evaluation"
        assert complaints == []
