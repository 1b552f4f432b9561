"""What dashboard, alerts and KEDA ask Prometheus."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.unit.infra.test_manifests import INFRA, manifests

MONITORING = INFRA / "monitoring"


def asked_for() -> dict[str, list[str]]:
    """Expressions, by who asks."""
    dashboard: dict[str, Any] = json.loads((MONITORING / "grafana" / "dashboards" / "mgeprof.json").read_text())
    scaled = [one for one in manifests("base") if one["kind"] == "ScaledObject"]
    return {
        "the dashboard": [one["expr"] for panel in dashboard["panels"] for one in panel.get("targets", [])],
        "the alerts": [rule["expr"] for rule in alerts()],
        "KEDA": [trigger["metadata"]["query"] for one in scaled for trigger in one["spec"]["triggers"]],
    }


def alerts() -> list[dict[str, Any]]:
    known = yaml.safe_load((MONITORING / "alerts.yml").read_text())
    return [rule for group in known["groups"] for rule in group["rules"]]
