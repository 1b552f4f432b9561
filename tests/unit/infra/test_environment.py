"""Engine environments: which ones count as installed."""

from __future__ import annotations

from pathlib import Path

from infra.engines.environment import Engine, known_versions


def test_a_broken_off_install_does_not_count(tmp_path: Path) -> None:
    engine = Engine("1.13.0", tmp_path)
    assert not engine.whole()
    engine.python.parent.mkdir()
    engine.python.touch()
    assert not engine.whole()
    engine.stamp.write_text(engine.digest())
    assert engine.whole()


def test_an_environment_of_other_requirements_does_not_count(tmp_path: Path) -> None:
    engine = Engine("1.13.0", tmp_path)
    engine.python.parent.mkdir()
    engine.python.touch()
    engine.stamp.write_text("0" * 64)
    assert not engine.whole()


def test_every_known_version_has_hashes_and_names_no_index() -> None:
    assert "1.13.0" in known_versions()
    for version in known_versions():
        requirements = Engine(version, Path()).requirements.read_text()
        assert "--hash=sha256:" in requirements
        assert "://" not in requirements
