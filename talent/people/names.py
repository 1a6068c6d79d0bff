"""Names as people search for them: pinyin with the readings surnames really have (单 shan, 曾 zeng, 仇 qiu …)."""

from functools import lru_cache

SURNAME_READINGS = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "朴": "piao",
    "区": "ou",
    "任": "ren",
    "华": "hua",
    "盖": "ge",
    "缪": "miao",
    "翟": "zhai",
    "乐": "yue",
    "纪": "ji",
    "员": "yun",
    "折": "she",
    "召": "shao",
    "应": "ying",
    "冼": "xian",
    "种": "chong",
    "秘": "bi",
    "覃": "qin",
    "卜": "bu",
    "祭": "zhai",
    "牟": "mu",
    "燕": "yan",
    "葛": "ge",
    "宁": "ning",
    "隗": "wei",
    "黑": "he",
    "繁": "po",
    "句": "gou",
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "令狐": "ling hu",
    "澹台": "tan tai",
}


def _syllables(name: str) -> list[str]:
    # pypinyin costs 0.2 s to import and only rosters and name changes need it
    from pypinyin import Style, lazy_pinyin

    for length in (2, 1):
        reading = SURNAME_READINGS.get(name[:length])
        if reading:
            return [*reading.split(), *lazy_pinyin(name[length:], style=Style.NORMAL)]
    return list(lazy_pinyin(name, style=Style.NORMAL))


@lru_cache(maxsize=4096)
def _reading(name: str) -> tuple[str, ...]:
    return tuple(part for syllable in _syllables(name) if (part := "".join(filter(str.isalpha, syllable.lower()))))


def pinyin_of(name: str) -> str:
    """Full pinyin without tones or spaces: 单晓云 → shanxiaoyun."""
    return "".join(_reading(name))[:160]


def initials_of(name: str) -> str:
    """First letters: 单晓云 → sxy."""
    return "".join(part[0] for part in _reading(name))[:40]
