"""What the working-day calendar refuses, in words."""

WORDS: dict[str, tuple[str, str]] = {
    "workdays.not_loaded": (
        "{year} 年的工作日历尚未载入（已载入至 {last_loaded} 年），涉及该年工作日的期限和缺勤不作推算。",
        "国务院办公厅公布该年放假安排后，请由管理员在政策参数中载入 {year} 年的放假日和调休上班日。",
    ),
}
