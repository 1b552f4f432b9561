from pathlib import Path

import pytest

from infra.embedded.home import user_seed
from runner.config import ConfigError, load_config, read_seed

SEED = user_seed()
GOOD = """
id = "01920000-0000-7000-8000-000000000001"
name = "local-x86"
platform = "x86"
nats_url = "nats://127.0.0.1:4222"
seed_file = "runner.nk"
state_dir = "runner"
[[engine]]
version = "1.13.0"
driver = "megengine"
python = "/opt/engines/1.13.0/bin/python"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "runner.toml"
    path.write_text(GOOD)
    (tmp_path / "runner.nk").write_text(SEED + "\n")
    return path


def test_paths_are_relative_to_the_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    file.write_text(GOOD.replace("/opt/", ""))
    config = load_config(file)
    assert config.state_dir == tmp_path / "runner"
    assert config.engine[0].python == tmp_path / "engines/1.13.0/bin/python"
    assert read_seed(config) == SEED


def test_absolute_paths_stay(file: Path) -> None:
    assert str(load_config(file).engine[0].python) == "/opt/engines/1.13.0/bin/python"


def test_a_binary_is_found_beside_the_file(file: Path, tmp_path: Path) -> None:
    file.write_text(GOOD.replace('"megengine"', '"load_and_run"').replace('python = "/opt/', 'binary = "'))
    assert load_config(file).engine[0].program == tmp_path / "engines/1.13.0/bin/python"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "local-x86"\n', "", "name: Field required"),
        ('"x86"', '"any"', "platform: "),
        ("01920000", "x", "id: "),
        ('name = "local-x86"', 'name = "a"\nslots = 0', "slots: "),
        ('name = "local-x86"', 'name = "a"\nbeat_s = 0.0', "beat_s: "),
        ('name = "local-x86"', 'name = "a"\ncolour = "blue"', "colour: "),
        ('driver = "megengine"', 'driver = "other"', "engine.0.driver: "),
        ("[[engine]]", "[engine]", "engine: "),
        (GOOD[GOOD.index("[[engine]]") :], "engine = []", "engine: "),
        (GOOD, GOOD + GOOD[GOOD.index("[[engine]]") :], r"engine: .*1\.13\.0 .*twice"),
        (GOOD, "name = ", "is not TOML"),
        ('driver = "megengine"', 'driver = "load_and_run"', "load_and_run needs binary"),
        ('python = "/opt/engines/1.13.0/bin/python"\n', "", "megengine needs python"),
        ('driver = "megengine"', 'driver = "megengine"\nbinary = "x"', "python goes with"),
    ],
)
def test_a_wrong_entry_is_named(file: Path, old: str, new: str, words: str) -> None:
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError, match=words) as wrong:
        load_config(file)
    assert str(file) in str(wrong.value)


def test_a_file_that_is_not_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"runner\.toml is not TOML"):
        load_config(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read"):
        load_config(tmp_path / "nowhere.toml")


def test_a_key_that_is_not_there_is_named(file: Path, tmp_path: Path) -> None:
    (tmp_path / "runner.nk").unlink()
    with pytest.raises(ConfigError, match=r"runner\.nk cannot be read"):
        read_seed(load_config(file))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"hello", SEED[:-1].encode(), SEED.replace("SU", "SA", 1).encode()],
    ids=["empty", "not text", "no seed", "cut off", "of an account"],
)
def test_a_key_that_is_none_is_named_and_not_shown(file: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "runner.nk").write_bytes(content)
    with pytest.raises(ConfigError, match=r"runner\.nk holds no nkey seed of a user") as wrong:
        read_seed(load_config(file))
    assert not content or content.decode(errors="replace") not in str(wrong.value)
