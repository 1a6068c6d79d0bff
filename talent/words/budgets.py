"""What entering a budget can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "budget.no_document": ("要写预算的文号，最多 {most} 个字", "写批复或下达预算的文件编号，如“区财教〔2026〕21号”"),
    "budget.document_ahead": ("文件日期在今天（{today}）之后", "写文件上的日期；还没有下达的，等下达了再登记"),
    "budget.note_long": ("说明最多 {most} 个字", "写短一些，详细的留在文件里"),
    "budget.year_ahead": ("{year} 年太远，现在最多登记到 {last} 年", "核对年份"),
    "budget.nothing_new": ("没有一所学校的金额和现在的不同", "改了金额再保存；不登记的学校留空"),
    "budget.school_unknown": ("没有代码是“{code}”的学校", "回到这一页重新打开，从列出的学校里填"),
    "budget.below_zero": ("学校 {code} 的预算是 {sum_fen} 元，不能小于 0", "没有预算的写 0"),
    "budget.typed": ("学校 {code} 的金额“{typed}”读不出来：{why}", "写到分，如 24000 或 24,000.00；不登记的留空"),
}
