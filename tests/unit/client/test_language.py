from __future__ import annotations

import pytest

from client.language import accept_language


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "C.UTF-8"}, None),
        ({"LANG": "ca_ES@valencia"}, "ca-ES"),
        ({"LANG": "", "LC_ALL": ""}, None),
        ({"LANG": "x\r\nEvil: 1"}, None),
        ({}, None),
    ],
)
def test_the_language_is_what_posix_says(environment: dict[str, str], tag: str | None) -> None:
    assert accept_language(environment) == tag
