"""What asking for personal information, keeping and erasing it can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "reveal.no_reason": ("没有选择查看的理由", "选一项；本人会看到谁在什么时候为什么看过"),
    "reveal.no_words": ("选“其他”的，没有写明理由", "写明为什么要看，至少 {least} 个字"),
    "notice.day_past": ("生效日期早于今天 {today}", "填今天或以后的日子；新的一版不能追溯"),
    "notice.before_latest": ("生效日期早于上一版的 {latest}", "填那一天或以后的日子"),
    "notice.document_missing": ("没有写明文件名称或文号", "写明这一版是哪份文件定的"),
    "notice.text_missing": ("这一段没有内容", "中文、英文和画像说明都要写"),
    "notice.text_long": ("超过 {most} 个字", "请写短一些"),
    "notice.unchanged": ("与上一版的文字完全相同", "没有改动的，不用出新的一版"),
    "notice.same_person": ("新的一版由提出人以外的另一个人批准", "请另一位有权批准的人办理"),
    "notice.not_yours": ("这一版不是您提出的", "由提出人撤回，或由另一位退回"),
    "conflict.notice": ("这一版已经有人处理", "请看现在的情况"),
    "conflict.notice_open": ("已有一版正等批准", "先办那一版，或由提出人撤回"),
    "conflict.notice_changed": ("您阅读的时候，告知书换了新的一版", "请重新打开，读现在的这一版"),
    "retention.nothing_due": ("今天没有到期的", "到期之后再提"),
    "retention.same_person": ("到期清理由提出人以外的另一个人批准", "请另一位有权批准的人办理"),
    "retention.tombstone_strange": ("清理登记文件里有一行不是本系统签的，或被改动过；没有清理", "请用另处保存的副本，密钥须与备份的是同一套"),
    "retention.erasing": ("正在清理", ""),
    "conflict.retention": ("这一次清理已经有人处理", "请看现在的情况"),
    "conflict.retention_open": ("已有一次清理正等批准", "先办那一次"),
    "reveal.too_long": ("超过 {most} 个字", "请写短一些"),
}
