"""What asking for personal information, keeping and erasing it can be refused with."""

WORDS: dict[str, tuple[str, str]] = {
    "reveal.no_reason": ("没有选择查看的理由", "选一项；本人会看到谁在什么时候为什么看过"),
    "reveal.no_words": ("选“其他”的，没有写明理由", "写明为什么要看，至少 {least} 个字"),
    "reveal.too_long": ("超过 {most} 个字", "请写短一些"),
}
