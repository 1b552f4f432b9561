from __future__ import annotations

import re

import promql_parser
import pytest

from tests.unit.infra.monitoring import alerts, asked_for
from tests.unit.infra.test_manifests import INFRA


@pytest.mark.parametrize("who", asked_for())
def test_prometheus_can_read_what_it_is_asked(who: str) -> None:
    """Grammar and types; that each metric is there is seen where the processes run as deployed."""
    for expression in asked_for()[who]:
        promql_parser.parse(expression.replace("$__rate_interval", "5m"))  # raises ValueError


@pytest.mark.parametrize("language", ["", ".zh-CN"])
def test_each_alert_says_what_to_do(language: str) -> None:
    page = (INFRA.parent / "docs" / f"operations{language}.md").read_text()
    named = " ".join(re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE))
    assert {rule["alert"] for rule in alerts()} <= set(re.findall(r"`(\w+)`", named))
