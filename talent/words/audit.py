"""What proving the audit chain found, in words."""

WORDS: dict[str, tuple[str, str]] = {
    "audit.changed": (
        "第 {number} 条审计记录（{action}，{at}）的内容与当初写下的不一致。",
        "请封存数据库和 TALENT_HOME，与最近的备份比对这一条。",
    ),
    "audit.link_broken": (
        "第 {number} 条审计记录（{action}，{at}）接不上前一条：之前的记录被改动、插入、调换或删除过。",
        "请封存数据库和 TALENT_HOME，与最近的备份比对它之前的记录。",
    ),
    "audit.gap": (
        "第 {number} 条审计记录不见了，后面直接是第 {next} 条。",
        "请封存数据库和 TALENT_HOME，从备份里找出缺的记录。",
    ),
    "audit.tail_cut": (
        "{at} 登记过第 {number} 条，现在最后一条是第 {last} 条：末尾的记录被删去了。",
        "请封存数据库和 TALENT_HOME，从备份里找出缺的记录。",
    ),
    "audit.anchor_differs": (
        "第 {number} 条审计记录与 {at} 登记的不是同一条：末尾被删去后又写了新的。",
        "请封存数据库和 TALENT_HOME，与最近的备份比对这一条之前的记录。",
    ),
    "audit.anchor_strange": (
        "登记文件里关于第 {number} 条（{at}）的一行不是本系统签的，或被改动过。",
        "请用另处保存的登记文件副本核对。",
    ),
}
