"""Compose file and Kubernetes manifests against their schemas, against each other, and against what we make for them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import compose_spec
import kubernetes_validate
import pytest
import yaml

from infra.configuration.processes import settings, unknown
from infra.deploy.files import FilesThereError, Wanted, write_files
from runner.config import load_config
from tests.unit.infra.test_images import IMAGES

INFRA = Path(__file__).parents[3] / "infra"
COMPOSE = INFRA / "compose" / "compose.yaml"
KUBERNETES = INFRA / "kubernetes"
OURS = ("api", "scheduler", "projector", "runner-x86")
PLACES = ("base", "in-cluster", "external")


def composed() -> dict[str, Any]:
    """With the values that stand where nothing else is said."""
    found: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", COMPOSE.read_text()))
    return found


@cache
def manifests(place: str) -> list[dict[str, Any]]:
    """What a kustomization names, and nothing that it does not."""
    files = [KUBERNETES / place / name for name in kustomization(place)["resources"] if not name.startswith("..")]
    return [one for file in files for one in yaml.safe_load_all(file.read_text())]


def kustomization(place: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((KUBERNETES / place / "kustomization.yaml").read_text())
    return found


def pods(place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in manifests(place):
        if "template" in one.get("spec", {}):
            yield one["metadata"]["name"], one["spec"]["template"]["spec"]


# Compose -----------------------------------------------------------------------------------------------------------------


def test_the_compose_file_follows_the_specification() -> None:
    assert compose_spec.PyCompose.from_yaml(yaml.dump(composed())) is not None
    with pytest.raises(ValueError, match="healthchek"):
        compose_spec.PyCompose.from_yaml(yaml.dump({"services": {"one": {"image": "a:1", "healthchek": {}}}}))


def test_our_services_are_shut_in() -> None:
    services = composed()["services"]
    for name in OURS:
        service = services[name]
        assert (service["read_only"], service["user"]) == (True, "10001:10001")
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "ports" not in service
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_every_image_is_built_from_a_file_of_ours_or_has_a_tag() -> None:
    ours = {f"infra/images/{file.name}" for file in IMAGES}
    for service in composed()["services"].values():
        if "build" in service:
            assert service["build"]["dockerfile"] in ours
        else:
            assert re.search(r":v?\d", service["image"]), service["image"]


def test_every_service_that_is_waited_for_says_when_it_is_ready() -> None:
    services = composed()["services"]
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] == "service_healthy"
            assert "healthcheck" in services[name] or "build" in services[name], name


def test_what_compose_mounts_is_what_we_make(tmp_path: Path) -> None:
    made = set(write_files(tmp_path / "keys", Wanted()))
    folders = {name.partition("/")[0] for name in made}
    known = composed()
    mounts = [mount for service in known["services"].values() for mount in service.get("volumes", [])]
    wanted = [mount.split(":")[0] for mount in mounts if mount.startswith("./keys/")]
    wanted += [secret["file"] for secret in known["secrets"].values()]
    assert len(wanted) >= 8
    for path in wanted:
        name = path.removeprefix("./keys/")
        assert name in made or name in folders, path
    for mount in mounts:
        source = mount.split(":")[0]
        if source.startswith((".", "..")) and "keys" not in source:
            assert (COMPOSE.parent / source).exists(), source
        elif not source.startswith("."):
            assert source in known["volumes"], source


def test_the_variables_of_compose_stand_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    assert asked <= set(re.findall(r"^#?(\w+)=", (COMPOSE.parent / ".env.example").read_text(), re.MULTILINE))


# Kubernetes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
def test_manifests_follow_their_schemas(place: str) -> None:
    assert manifests(place)
    for one in manifests(place):
        if one["apiVersion"].startswith(("keda.sh/", "monitoring.coreos.com/")):
            continue  # resources of operators' own: their schemas come with no package; the names that they use are looked at elsewhere
        kubernetes_validate.validate(one, "1.34", strict=True)


@pytest.mark.parametrize("place", ["base", "in-cluster"])
def test_pods_are_restricted(place: str) -> None:
    """What the pod security standard `restricted` asks for, and a read-only root."""
    seen = 0
    for name, pod in pods(place):
        known = pod["securityContext"]
        assert (known["runAsNonRoot"], known["seccompProfile"]["type"]) == (True, "RuntimeDefault"), name
        assert pod["automountServiceAccountToken"] is False
        assert not any("hostPath" in volume for volume in pod.get("volumes", []))
        for container in pod["containers"]:
            inner = container["securityContext"]
            assert inner == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert {"requests", "limits"} <= container["resources"].keys(), name
            seen += 1
    assert seen >= 2


def test_the_namespace_enforces_it() -> None:
    [labels] = [one["metadata"]["labels"] for one in manifests("base") if one["kind"] == "Namespace"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("place", PLACES)
def test_everything_stands_in_the_namespace(place: str) -> None:
    """What an overlay adds gets nothing from the base: elsewhere its policies would open no way."""
    [name] = [one["metadata"]["name"] for one in manifests("base") if one["kind"] == "Namespace"]
    assert kustomization(place)["namespace"] == name


@pytest.mark.parametrize("place", PLACES)
def test_a_kustomization_names_every_file_beside_it(place: str) -> None:
    there = {file.name for file in (KUBERNETES / place).glob("*.yaml")} - {"kustomization.yaml"}
    assert {name for name in kustomization(place)["resources"] if not name.startswith("..")} == there


def test_secrets_are_made_of_the_files_that_we_make(tmp_path: Path) -> None:
    made = set(write_files(tmp_path / "keys", Wanted(nodes=3, runners=4)))
    generated = {one["name"]: one["files"] for one in kustomization("base")["secretGenerator"]}
    named = {name.removeprefix("keys/") for files in generated.values() for name in files}
    assert named <= made
    for process in ("api", "scheduler", "projector"):
        wanted = {name for name in made if name.startswith(f"{process}/")}
        assert {name.removeprefix("keys/") for name in generated[f"mgeprof-{process}"]} == wanted
    used = {
        volume["secret"]["secretName"]
        for place in ("base", "in-cluster")
        for _, pod in pods(place)
        for volume in pod["volumes"]
        if "secret" in volume
    }
    assert used == generated.keys() | {one["name"] for one in kustomization("in-cluster")["secretGenerator"]}


def test_as_many_runners_as_have_an_identity() -> None:
    [scaled] = [one for one in manifests("base") if one["kind"] == "ScaledObject"]
    names = [name for name, _ in pods("base")]
    assert scaled["spec"]["scaleTargetRef"]["name"] in names
    identities = [one for one in kustomization("base")["secretGenerator"] if one["name"] == "mgeprof-runners"]
    files = {name.rpartition("/")[2] for name in identities[0]["files"]}
    wanted = {
        f"mgeprof-runner-x86-{n}.{ending}"
        for n in range(scaled["spec"]["maxReplicaCount"])
        for ending in ("nk", "toml")
    }
    assert files == wanted


def test_prometheus_finds_whom_the_alerts_speak_of() -> None:
    [monitor] = [one["spec"] for one in manifests("base") if one["kind"] == "PodMonitor"]
    [chosen] = monitor["selector"]["matchExpressions"]
    assert (monitor["jobLabel"], chosen["key"]) == ("app.kubernetes.io/name", "app.kubernetes.io/name")
    ports = {one["port"] for one in monitor["podMetricsEndpoints"]}
    named = {name: pod["containers"][0].get("ports", []) for name, pod in pods("base")}
    for name in chosen["values"]:
        assert [port["name"] for port in named[name] if port["name"] in ports], name
    asked = re.findall(r'job=~"([^"]+)"', (INFRA / "monitoring" / "alerts.yml").read_text())
    assert {job for one in asked for job in one.split("|")} <= set(chosen["values"])


def test_the_overlay_changes_the_variable_that_it_means() -> None:
    [patch] = kustomization("external")["patches"]
    steps = yaml.safe_load(patch["patch"])
    for name, pod in pods("base"):
        if re.fullmatch(patch["target"]["name"], name):
            at = int(steps[0]["path"].split("/")[-2])
            assert pod["containers"][0]["env"][at]["name"] == steps[0]["value"] == "MGEPROF_S3_ENDPOINT"


# Both --------------------------------------------------------------------------------------------------------------------


def test_every_variable_is_read_by_its_process() -> None:
    for name in ("api", "scheduler", "projector"):
        read = {setting.name for setting in settings(name)} | {"MGEPROF_SECRETS_DIR", "MGEPROF_ADMIN_PASSWORD_FILE"}
        [pod] = [pod for one, pod in pods("base") if one == name]
        given = {one["name"] for one in pod["containers"][0]["env"]}
        assert given <= read, name
        assert set(composed()["services"][name]["environment"]) <= read, name
        assert not list(unknown(given))


def test_both_say_the_same() -> None:
    """But for the number of nodes of the broker."""
    services = composed()["services"]
    for name, pod in pods("base"):
        process = {"mgeprof-runner-x86": "runner-x86"}.get(name, name)
        if process not in OURS:
            continue
        container = pod["containers"][0]
        given = {one["name"]: one["value"] for one in container["env"] if "value" in one}
        assert given.pop("MGEPROF_NATS_REPLICAS", None) == (None if process == "runner-x86" else "3")
        composed_given = dict(services[process].get("environment", {}))
        for known in (given, composed_given):
            known.pop("MGEPROF_API_URL", None)
        assert given == composed_given, name
        assert container.get("args") == services[process].get("command"), name


def test_runners_are_told_where_spans_go(tmp_path: Path) -> None:
    url = "http://collector:4318/v1/traces"
    write_files(tmp_path / "silent", Wanted())
    write_files(tmp_path / "told", Wanted(runners=2, traces_url=url))
    [silent] = (load_config(file) for file in (tmp_path / "silent" / "runner").glob("*.toml"))
    told = [load_config(file) for file in (tmp_path / "told" / "runner").glob("*.toml")]
    assert (silent.traces_url, [one.traces_url for one in told]) == ("", [url, url])


def test_keys_are_made_once(tmp_path: Path) -> None:
    write_files(tmp_path / "keys", Wanted())
    before = (tmp_path / "keys" / "nats" / "nats.conf").read_text()
    with pytest.raises(FilesThereError):
        write_files(tmp_path / "keys", Wanted())
    assert (tmp_path / "keys" / "nats" / "nats.conf").read_text() == before
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


ELSEWHERE = ("docker ", "kubectl ", "mgeprof runner ", "[[engine]]", "version =", "driver =", "binary =")
"""Of the page for deploying: what needs a container engine, a cluster or a server that is up, and a file's lines."""


def commands(page: str) -> list[str]:
    """Without what is said beside them; each block begins at the repository's root."""
    blocks = re.findall(r"^```\n(.*?)^```", (INFRA.parent / "docs" / page).read_text(), re.MULTILINE | re.DOTALL)
    lines = (line.partition(" #")[0].rstrip() for block in blocks for line in ["cd $ROOT", *block.splitlines()])
    return [line for line in lines if not line.startswith(ELSEWHERE)]


def test_the_pages_commands_make_what_compose_and_cluster_want(tmp_path: Path) -> None:
    wanted = commands("deploy.md")
    assert wanted == commands("deploy.zh-CN.md")
    assert sum("mgeprof deploy keys" in line for line in wanted) == 2
    shutil.copytree(COMPOSE.parent, tmp_path / "infra" / "compose", ignore=shutil.ignore_patterns("keys", ".env"))
    shutil.copytree(KUBERNETES, tmp_path / "infra" / "kubernetes", ignore=shutil.ignore_patterns("keys"))
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}", "ROOT": str(tmp_path), "HOME": str(tmp_path)}
    said = subprocess.run(
        ["bash", "-euc", "\n".join(wanted)],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(INFRA.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "infra" / "compose" / ".env").exists()
    for place in ("base", "in-cluster"):
        for made in kustomization(place).get("secretGenerator", []):
            for file in made["files"]:
                assert (tmp_path / "infra" / "kubernetes" / place / file.rpartition("=")[2]).exists(), file
