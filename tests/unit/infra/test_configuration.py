"""Settings: what is wrong is named, no secret is said, and the written reference is the real one."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from api.webhooks.sealing import Sealer
from api.webhooks.settings import WebhookSettings
from core.configuration import Fault, configured, faults
from core.s3.settings import S3Settings
from core.scheduler.settings import SchedulerSettings
from infra.backup.folder import Folder, Manifest
from infra.cli.config import app
from infra.configuration.chinese import RUNNER_FILE, VARIABLES
from infra.configuration.page import DOCS, FILES, Language, page
from infra.configuration.processes import PROCESSES, settings, unknown
from runner.config import EngineConfig, RunnerConfig

SECRET = "postgresql://mgeprof:hush@localhost/mgeprof"
WHOLE = {
    "MGEPROF_NATS_URL": "nats://one,nats://two",
    "MGEPROF_NATS_CORE_SEED": "SUCORE",
    "MGEPROF_NATS_RUN_SEED": "SURUN",
    "MGEPROF_DATABASE_URL": SECRET,
    "MGEPROF_S3_ENDPOINT": "http://localhost:9000",
    "MGEPROF_S3_BUCKET": "mgeprof",
    "MGEPROF_S3_ACCESS_KEY": "key",
    "MGEPROF_S3_SECRET_KEY": "hush",
}


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that every process can use."""
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("process", PROCESSES)
def test_a_whole_environment_has_no_fault(whole: pytest.MonkeyPatch, process: str) -> None:  # noqa: ARG001 - sets it
    assert [faults(model) for model in PROCESSES[process]] == [[] for _ in PROCESSES[process]]


def test_all_faults_are_found_at_once_those_of_inner_settings_too(whole: pytest.MonkeyPatch) -> None:
    whole.delenv("MGEPROF_NATS_URL")
    whole.setenv("MGEPROF_API_PORT", "eighty")
    whole.setenv("MGEPROF_ACCOUNTS_ACCESS_S", "-1")
    found = {fault.variable: fault.message for model in PROCESSES["api"] for fault in faults(model)}
    assert found["MGEPROF_NATS_URL"] == "is not set"
    assert set(found) == {"MGEPROF_NATS_URL", "MGEPROF_API_PORT", "MGEPROF_ACCOUNTS_ACCESS_S"}


def test_broken_json_is_named(whole: pytest.MonkeyPatch) -> None:
    whole.setenv("MGEPROF_API_RUNNER_NAMES", "{")
    assert faults(PROCESSES["api"][0]) == [Fault("MGEPROF_API_RUNNER_NAMES", "is not JSON")]


def test_a_process_that_cannot_be_configured_ends_and_says_no_value(
    whole: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole.delenv("MGEPROF_NATS_RUN_SEED")
    with pytest.raises(SystemExit) as ended:
        configured(SchedulerSettings)
    said = capsys.readouterr().err
    assert (ended.value.code, "MGEPROF_NATS_RUN_SEED is not set" in said, "hush" in said) == (78, True, False)


def test_secrets_come_from_files_and_the_environment_wins(whole: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole.setenv("MGEPROF_SECRETS_DIR", str(tmp_path))
    whole.delenv("MGEPROF_S3_SECRET_KEY")
    (tmp_path / "MGEPROF_S3_SECRET_KEY").write_text("of the file\n")
    (tmp_path / "mgeprof_s3_access_key").write_text("of the file\n")
    found = configured(S3Settings)
    assert (found.secret_key, found.access_key) == (SecretStr("of the file"), SecretStr("key"))


def test_a_misspelt_variable_is_named_with_the_one_that_is_meant() -> None:
    environment = ["MGEPROF_API_MODLE_LIMIT", "MGEPROF_URL", "MGEPROF_RUNNER_SLOTS", "MGEPROF_XYZZY", "PATH"]
    assert list(unknown(environment)) == [
        Fault("MGEPROF_API_MODLE_LIMIT", "is read by nobody: MGEPROF_API_MODEL_LIMIT is meant?"),
        Fault("MGEPROF_XYZZY", "is read by nobody"),
    ]


def test_the_command_ends_with_one_when_something_is_wrong(whole: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(app, ["check"]).exit_code == 0
    whole.delenv("MGEPROF_S3_BUCKET")
    ended = CliRunner().invoke(app, ["check"])
    assert (ended.exit_code, ended.output) == (1, "MGEPROF_S3_BUCKET is not set (api, scheduler)\n")
    assert CliRunner().invoke(app, ["check", "projector"]).exit_code == 0


def test_the_list_hides_secrets(whole: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - sets the environment
    shown = CliRunner().invoke(app, ["list"], env={"COLUMNS": "200"}).output
    assert "nats://one,nats://two" in shown
    assert "(hidden)" in shown
    assert "hush" not in shown


def test_a_runners_file_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "runner.toml").write_text('name = "bench"\nslots = 0\n')
    ended = CliRunner().invoke(app, ["check", "--runner", str(tmp_path / "runner.toml")])
    assert ended.exit_code == 1
    assert "slots: Input should be greater than or equal to 1" in ended.output


def test_everything_is_explained_in_both_languages() -> None:
    known = {setting.name: setting.explanation for process in PROCESSES for setting in settings(process)}
    assert set(known) == set(VARIABLES)
    assert all(known.values())
    assert set(RUNNER_FILE) == {*RunnerConfig.model_fields, *(f"engine.{name}" for name in EngineConfig.model_fields)}


@pytest.mark.parametrize("language", FILES)
def test_the_written_reference_is_the_real_one(language: Language) -> None:
    written = (DOCS / FILES[language]).read_text(encoding="utf-8")
    assert written == page(language), "write it anew: python -m infra.configuration.page"


KEY, OTHER = "of thirty-two letters, or of more", "another one of thirty-two letters"


@pytest.fixture
def backed_up(tmp_path: Path) -> Path:
    """As far as it is about webhooks: one with two secrets, one that an older program left unsealed, one of another key."""

    def sealed_with(key: str, webhook: UUID) -> str:
        return Sealer.of(WebhookSettings.model_validate({"key": key})).seal("whsec_c2VjcmV0", webhook)

    first, second, third = (UUID(int=number) for number in (1, 2, 3))
    rows = (
        (first, "a\\tb\\n", sealed_with(KEY, first), sealed_with(KEY, first)),
        (second, "plain", "whsec_c2VjcmV0", "\\N"),
        (third, "other", sealed_with(KEY, third), sealed_with(OTHER, third)),
    )
    folder = Folder(tmp_path / "backup")
    folder.make()
    (folder.tables / "webhooks.copy").write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
    columns: dict[str, tuple[str, ...]] = {"webhooks": ("id", "description", "secret", "previous_secret")}
    folder.write(Manifest("0.1.0", "today", 1, "", {}, {}, "0014", columns, 0, 0))
    return folder.path


@pytest.mark.parametrize(
    ("key", "previous", "closed"), [(KEY, OTHER, 0), (KEY, None, 1), (OTHER, None, 2), (None, None, 2)]
)
def test_a_backup_is_held_against_the_keys_that_are_set(
    whole: pytest.MonkeyPatch, backed_up: Path, key: str | None, previous: str | None, closed: int
) -> None:
    for name, value in (("MGEPROF_WEBHOOKS_KEY", key), ("MGEPROF_WEBHOOKS_KEY_PREVIOUS", previous)):
        whole.delenv(name, raising=False) if value is None else whole.setenv(name, value)
    said = CliRunner().invoke(app, ["check", "--backup", str(backed_up)])
    assert said.exit_code == (1 if closed else 0)
    assert (f"of {closed} of 3 webhooks" in said.output) == bool(closed)
    assert KEY not in said.output


def test_a_folder_that_is_no_backup_is_named(whole: pytest.MonkeyPatch, tmp_path: Path) -> None:  # noqa: ARG001 - sets it
    said = CliRunner().invoke(app, ["check", "--backup", str(tmp_path)])
    assert (said.exit_code, "is no backup" in said.output) == (1, True)
