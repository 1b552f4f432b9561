"""What pydantic finds wrong in a field, in Chinese: by its error type, with the names of its context in braces."""

from collections.abc import Mapping
from typing import Any, Final

from api.errors.chinese_details import in_chinese as translated

FIELDS: Final[dict[str, str]] = {
    "missing": "缺少此字段。",
    "extra_forbidden": "不接受此字段。",
    "json_invalid": "不是有效的 JSON。",
    "model_attributes_type": "应为 JSON 对象。",
    "model_type": "应为 JSON 对象。",
    "dict_type": "应为 JSON 对象。",
    "list_type": "应为列表。",
    "set_type": "应为列表。",
    "frozen_set_type": "应为列表。",
    "tuple_type": "应为列表。",
    "too_short": "至少应有 {min_length} 项，现有 {actual_length} 项。",
    "too_long": "最多可有 {max_length} 项。",
    "string_type": "应为字符串。",
    "string_too_short": "至少应有 {min_length} 个字符。",
    "string_too_long": "最多可有 {max_length} 个字符。",
    "string_pattern_mismatch": "格式应符合 {pattern}。",
    "int_type": "应为整数。",
    "int_parsing": "应为整数。",
    "int_parsing_size": "整数过大。",
    "int_from_float": "应为整数，不带小数部分。",
    "float_type": "应为数字。",
    "float_parsing": "应为数字。",
    "finite_number": "应为有限的数字。",
    "bool_type": "应为 true 或 false。",
    "bool_parsing": "应为 true 或 false。",
    "greater_than": "应大于 {gt}。",
    "greater_than_equal": "应大于或等于 {ge}。",
    "less_than": "应小于 {lt}。",
    "less_than_equal": "应小于或等于 {le}。",
    "enum": "应为以下之一：{expected}。",
    "literal_error": "应为以下之一：{expected}。",
    "uuid_type": "应为 UUID。",
    "uuid_parsing": "应为 UUID。",
    "datetime_type": "应为时间（RFC 3339）。",
    "datetime_parsing": "应为时间（RFC 3339）。",
    "datetime_from_date_parsing": "应为时间（RFC 3339）。",
    "timezone_aware": "时间应带有时区。",
    "url_type": "应为有效的 URL。",
    "url_parsing": "应为有效的 URL。",
    "url_syntax_violation": "应为有效的 URL。",
    "url_too_long": "URL 最多 {max_length} 个字符。",
    "url_scheme": "URL 应以 {expected_schemes} 开头。",
    "union_tag_invalid": "应为以下之一：{expected_tags}。",
    "union_tag_not_found": "缺少 {discriminator}。",
}


def in_chinese(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors, or what a validator of ours says; what is not known here stays in English."""
    if error["type"] == "value_error":
        said = error["ctx"]["error"].args[0]
        return translated(said) or str(said)
    template = FIELDS.get(error["type"])
    if template is None:
        return str(error["msg"])
    try:
        return template.format_map(
            {name: str(value).replace(" or ", "、") for name, value in error.get("ctx", {}).items()}
        )
    except KeyError:
        return str(error["msg"])
