"""What the pay rules found, in words: who, which record, on what ground, and what to do about it."""

WORDS: dict[str, tuple[str, str]] = {
    "pay.year_before_plan": (
        "{year} 年早于帮扶支教激励标准的起始日 {first}（依据：{clause}），不予核算。",
        "请核对核算年度；如有更早的文件，请先由两人在政策参数中录入标准及文号。",
    ),
    "pay.convention_unknown": (
        "计发口径“{convention}”不在可选的五种之内（依据：{clause}）。",
        "请在政策参数中选用其中一种，再重新核算。",
    ),
    "pay.dates_reversed": (
        "工号 {staff_no}：派出学校 {sending_code} 到“{host}”的帮扶支教记录，结束日期 {end} 早于"
        "开始日期 {start}，该记录未计发（依据：{clause}）。",
        "请更正该记录的起止日期后重新核算。",
    ),
    "pay.absence_reversed": (
        "工号 {staff_no}：缺勤记录的结束日期 {end} 早于开始日期 {start}，该记录未计入（依据：{clause}）。",
        "请更正该缺勤记录的起止日期后重新核算。",
    ),
    "pay.appraisal_unqualified": (
        "工号 {staff_no}：派出学校 {sending_code} 到“{host}”、自 {start} 起的帮扶支教考核结果为不合格，"
        "该记录不计发（依据：{clause}）。",
        "如考核结果有误，请先更正帮扶支教记录，再重新核算；无误则无需处理。",
    ),
    "pay.appraisal_missing": (
        "工号 {staff_no}：派出学校 {sending_code} 到“{host}”、自 {start} 起的帮扶支教尚无考核结果，"
        "暂按合格计发（依据：{clause}）。",
        "请补录考核结果后重新核算；否则须由专人在锁定批次前逐条确认。",
    ),
    "pay.post_elsewhere": (
        "工号 {staff_no}：自 {start} 起帮扶“{host}”的派出学校为 {sending_code}，而其编制所在学校为"
        " {post_school_code}；总量仍计入派出学校（依据：{clause}）。",
        "请核对派出学校和任职记录，更正有误的一处；两处均无误时在复核意见中说明。",
    ),
    "pay.outside_scope": (
        "工号 {staff_no}：派出单位 {school_code}（{school_kind}）不属于中小学（依据：{clause}），"
        "自 {start} 起到“{host}”的帮扶支教计发 0 元。",
        "请核对派出学校代码和该校的办学类型；如应纳入，请先修改“计发范围的派出学校类型”并录入文号。",
    ),
    "pay.school_unknown": (
        "工号 {staff_no}：学校代码 {school_code} 在学校名录中查不到，自 {start} 起到“{host}”的帮扶支教"
        "计发 0 元（依据：{clause}）。",
        "请补录该学校，或更正派出学校代码、并入学校代码后重新核算。",
    ),
    "pay.school_closed": (
        "工号 {staff_no}：学校 {school_code} 已停用而没有并入学校，自 {start} 起到“{host}”的帮扶支教"
        "总量仍记在该校（依据：{clause}）。",
        "请为学校 {school_code} 填写并入学校代码，或更正停用日期后重新核算。",
    ),
    "pay.merger_cycle": (
        "工号 {staff_no}：学校 {school_code} 的并入关系首尾相接，无法确定承接学校，自 {start} 起"
        "到“{host}”的帮扶支教总量仍记在该校（依据：{clause}）。",
        "请更正这几所学校的并入学校代码，使其最终指向一所在用学校，再重新核算。",
    ),
    "pay.allotment_negative": (
        "本校总量为 {allotment_fen} 元，是负数，不能分配（依据：{clause}）。",
        "请先处理冲销批次，再分配剩余总量。",
    ),
    "pay.award_twice": (
        "分配表中“{key}”出现了 {times} 次（依据：{clause}）。",
        "请把同一人的几行合并为一行。",
    ),
    "pay.award_negative": (
        "分配表中“{key}”的份额 {weight} 是负数（依据：{clause}）。",
        "请改为 0 或正数；需要追回已发金额时请办理冲销。",
    ),
    "pay.award_unnamed": (
        "分配表中“{key}”不是帮扶支教人员，但没有写明用途（依据：{clause}）。",
        "请为该行填写名称，说明分给谁、因何分配。",
    ),
    "pay.award_nobody": (
        "总量 {allotment_fen} 元没有任何份额可以承接（依据：{clause}）。",
        "请至少为一人填写大于 0 的份额。",
    ),
    "pay.participants_minority": (
        "总量 {allotment_fen} 元中只有 {participants_fen} 元分给帮扶支教人员，低于规定份额 {minimum_share}；"
        "方案要求主要用于奖励帮扶支教的干部教师（依据：{clause}）。",
        "请提高帮扶支教人员的份额；确需如此分配的，请在校内公示并附会议纪要。",
    ),
}
