"""What the training rules found, in words."""

WORDS: dict[str, tuple[str, str]] = {
    "training.over_daily_maximum": (
        "{days} 天记了 {hours_hundredths} 学时，平均每天超过 {maximum_hundredths} 学时（依据：{clause}）。",
        "请核对学时和起止日期；确实无误的，无需处理。",
    ),
}
