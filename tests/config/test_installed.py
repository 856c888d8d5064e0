"""What is different where the product is an installed package, and what tells whether its server is ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from kb.config import environment, probe
from kb.config.command_line import main
from kb.config.version import libraries, version
from tests.support.served import free_port


def test_a_package_takes_paths_from_where_it_is_started_and_guides_from_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("KB_DATA_DIR")
    for name, value in {"IS_INSTALLED": True, "SHIPPED": tmp_path / "package", "PLACE": tmp_path / "started"}.items():
        monkeypatch.setattr(environment, name, value)
    read = environment.read_environment()
    assert (read.data_dir, read.content_dir) == (tmp_path / "started" / "var", tmp_path / "package" / "content")
    monkeypatch.setenv("KB_CONTENT_DIR", "content")
    assert environment.read_environment().content_dir == tmp_path / "started" / "content"


def test_the_command_line_says_which_version_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["troubleshooting-kb", "--version"])
    main()
    assert capsys.readouterr().out == f"{version()}\n"


def test_what_is_installed_beside_it_is_known_by_name_and_version() -> None:
    assert any(library.startswith("Django==") for library in libraries())


def test_the_probe_tells_a_server_that_is_ready_from_one_that_is_not(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = live_server.thread.port
    assert probe.asked("127.0.0.1", port, "localhost")[0]
    assert not probe.asked("127.0.0.1", port, "other.example")[0]
    for asked, status, words in ((port, 0, '"ready": true'), (free_port(), 1, "does not answer")):
        monkeypatch.setenv("PORT", str(asked))
        monkeypatch.setenv("KB_ALLOWED_HOSTS", ".localhost")
        with pytest.raises(SystemExit) as ended:
            probe.main()
        assert int(ended.value.code or 0) == status
        assert words in capsys.readouterr().out
