"""What the pictures of the board say, and why a report could not be made."""

WORDS: dict[str, tuple[str, str]] = {
    "board.tower.more": ("塔上 {count} 人，比 {since} 多 {change} 人", ""),
    "board.tower.fewer": ("塔上 {count} 人，比 {since} 少 {change} 人", ""),
    "board.tower.same": ("塔上 {count} 人，与 {since} 一样多", ""),
    "board.hours.share": ("{rate} 的人近五年满 {minimum_hundredths} 学时，{schools} 所学校中 {complete} 所人人都满", ""),
    "board.hours.none": ("没有培训记录，不能算完成率", ""),
    "board.steps.short": ("{count} 人不满 {minimum_hundredths} 学时，其中 {near} 人只差 {gap_hundredths} 以内", ""),
    "board.steps.none": ("有培训记录的人都满 {minimum_hundredths} 学时", ""),
    "board.away.more": ("{month} 有 {count} 人在外帮扶支教，比一年前多 {change} 人", ""),
    "board.away.fewer": ("{month} 有 {count} 人在外帮扶支教，比一年前少 {change} 人", ""),
    "board.away.same": ("{month} 有 {count} 人在外帮扶支教，与一年前一样多", ""),
    "board.ending.most": ("{year} 年有 {count} 个称号任期届满，{month} 月最多，{most} 个", ""),
    "board.ending.none": ("{year} 年没有称号任期届满", ""),
    "report.queued": ("等待生成", ""),
    "report.reading": ("读取数据", ""),
    "report.drawing": ("画图", ""),
    "report.printing": ("排版", ""),
    "report.missing_glyphs": (
        "字体里没有这些字：{characters}（出现在{place}），生成的 PDF 会缺字，所以没有生成。",
        "请管理员把含有这些字的字体文件放到 TALENT_FONT_DIR 指定的文件夹，再生成一次。",
    ),
}
