"""Fixed vocabulary: the Chinese of documents and workbooks beside the code that tables keep. The glossary as code.

What another district may have otherwise (tiers, their order, points, thresholds) is in the policy book, not here.
"""

from collections.abc import Mapping

SCHOOL_KIND: Mapping[str, str] = {
    "小学": "primary", "初级中学": "junior", "九年一贯制学校": "nine_year", "完全中学": "complete_secondary",
    "高级中学": "senior", "十二年一贯制学校": "twelve_year", "特殊教育学校": "special", "职业学校": "vocational",
    "教学点": "teaching_point", "幼儿园": "kindergarten", "教师发展机构": "development_centre",
}
OWNERSHIP: Mapping[str, str] = {"公办": "public", "民办": "private"}
AREA: Mapping[str, str] = {"城区": "urban", "镇区": "town", "乡村": "rural"}
PUPIL_STAGE: Mapping[str, str] = {"小学": "primary", "初中": "junior", "高中": "senior"}
TEACHER_STAGE: Mapping[str, str] = {"学前": "preschool", **PUPIL_STAGE, "特殊教育": "special", "职业": "vocational"}
SEX: Mapping[str, str] = {"男": "male", "女": "female"}
STAFF_CATEGORY: Mapping[str, str] = {
    "专任教师": "full_time_teacher", "行政": "administrator", "教辅": "assistant", "工勤": "worker",
}
QUOTA_TYPE: Mapping[str, str] = {"在编": "staffed", "编外合同": "contract", "劳务派遣": "dispatched"}
STATUS: Mapping[str, str] = {
    "在岗": "on_post", "长假": "long_leave", "借调": "seconded", "退休": "retired", "调出": "transferred_out",
    "离职": "resigned",
}
IN_SERVICE = ("on_post", "long_leave", "seconded")
PROFESSIONAL_TITLE: Mapping[str, str] = {
    "正高级": "full_senior", "高级": "senior", "一级": "first", "二级": "second", "三级": "third", "未定级": "ungraded",
}
PROFESSIONAL_TITLE_OLD: Mapping[str, str] = {
    "正高级教师": "full_senior", "高级教师": "senior", "一级教师": "first", "二级教师": "second", "三级教师": "third",
    "中学高级": "senior", "中学高级教师": "senior", "中学一级": "first", "小学高级": "first", "中学一级教师": "first",
    "小学高级教师": "first", "中学二级": "second", "小学一级": "second", "中学二级教师": "second", "小学一级教师": "second",
    "中学三级": "third", "小学二级": "third", "小学三级": "third", "中学三级教师": "third", "小学二级教师": "third",
    "小学三级教师": "third", "未评职称": "ungraded", "无": "ungraded",
}
SCHOOLING: Mapping[str, str] = {
    "研究生": "postgraduate", "本科": "bachelor", "专科": "associate", "中专": "secondary_vocational",
    "高中": "high_school", "初中及以下": "below",
}
SCHOOLING_SPELLINGS: Mapping[str, str] = {
    "博士研究生": "postgraduate", "硕士研究生": "postgraduate", "博士": "postgraduate", "硕士": "postgraduate",
    "研究生毕业": "postgraduate", "大学本科": "bachelor", "大学本科毕业": "bachelor", "本科毕业": "bachelor",
    "大学": "bachelor", "大专": "associate", "大学专科": "associate", "大学专科毕业": "associate", "专科毕业": "associate",
    "中师": "secondary_vocational", "中等师范": "secondary_vocational", "中等专科": "secondary_vocational",
    "中等职业": "secondary_vocational", "高中毕业": "high_school", "普通高中": "high_school", "高中阶段毕业": "high_school",
    "初中": "below", "小学": "below",
}
DEGREE: Mapping[str, str] = {"博士": "doctor", "硕士": "master", "学士": "bachelor", "无": "none"}
TRAINING_LEVEL: Mapping[str, str] = {
    "国培": "national", "市培": "municipal", "区培": "district", "校本": "school", "自主": "self", "新任教师": "induction",
}
TRAINING_MODE: Mapping[str, str] = {"线下": "onsite", "线上": "online"}
TRAINING_RESULT: Mapping[str, str] = {"合格": "passed", "不合格": "failed"}
LEVEL: Mapping[str, str] = {
    "国家级": "national", "省部级": "provincial", "市级": "municipal", "地市级": "prefectural", "区县级": "district",
    "校级": "school",
}
GRADE: Mapping[str, str] = {
    "特等奖": "special", "一等奖": "first", "二等奖": "second", "三等奖": "third", "优秀奖": "merit", "入围": "shortlisted",
}
CONTEST_CATEGORY: Mapping[str, str] = {"教师本人": "own", "指导学生": "coached"}
ACHIEVEMENT: Mapping[str, str] = {
    "课题": "project", "公开课": "open_lesson", "论文": "paper", "讲座": "lecture", "荣誉": "honour",
}
ROLE: Mapping[str, str] = {"主持": "lead", "核心": "core", "参与": "member"}
TITLE: Mapping[str, str] = {
    "教育领军人才": "leading_talent", "名教师": "famous_teacher", "学科首席教师": "chief_subject_teacher",
    "区级学科带头人": "district_subject_head", "校级学科带头人": "school_subject_head", "新锐教师": "new_talent",
    "市级学科骨干教师": "municipal_backbone", "特级教师": "special_grade", "杰出津门校长": "jinmen_principal",
    "杰出津门班主任": "jinmen_head_teacher", "杰出津门教师": "jinmen_teacher",
}
TITLE_STATE: Mapping[str, str] = {"在任": "in_office", "暂停": "suspended", "撤销": "revoked", "自然终止": "ended"}
ASSISTANCE: Mapping[str, str] = {"结对帮扶": "paired", "区域发展共同体": "community"}
ATTENDANCE_STATE: Mapping[str, str] = {"待认可": "waiting", "已认可": "accepted", "已退回": "returned"}
ATTENDANCE_VIA: Mapping[str, str] = {"签字表": "sheet", "链接": "link"}
ASSISTANCE_APPRAISAL: Mapping[str, str] = {"优秀": "excellent", "合格": "qualified", "不合格": "unqualified"}
ABSENCE: Mapping[str, str] = {
    "病假": "sick", "事假": "personal", "产假": "maternity", "公假": "official", "旷工": "absent", "其他": "other",
}
APPRAISAL: Mapping[str, str] = {
    "优秀": "excellent", "合格": "qualified", "基本合格": "basic", "不合格": "unqualified",
}
RECORD_STATE: Mapping[str, str] = {
    "待学校核实": "submitted", "待区级认定": "school_verified", "已认定": "recognised", "已退回": "returned",
}
#: A teacher's own proposal, from the day it is made; "verified" is the school's word, "recognised" the bureau's.
PROPOSAL_STATE: Mapping[str, str] = {
    "待学校核实": "submitted", "待区级认定": "verified", "已认定": "recognised", "已退回": "returned", "已撤回": "withdrawn",
}
PROPOSAL_ACTION: Mapping[str, str] = {"补登": "add", "更正": "correct", "撤回": "withdraw"}
#: What a school asks of its people's assistance, and where that stands: the states are those of any proposal.
NOMINATION: Mapping[str, str] = {"提名": "nominate", "换受援单位": "move", "改结束日期": "end"}
NOMINATION_STATE: Mapping[str, str] = {
    "待批准": "verified", "已批准": "recognised", "已退回": "returned", "已撤回": "withdrawn",
}
PORTRAIT_TRAIT: Mapping[str, str] = {"性别": "gender", "学校": "school", "教龄段": "career_band"}
PORTRAIT_STATE: Mapping[str, str] = {
    "草稿": "draft", "已复核": "reviewed", "已发布": "published", "已被替代": "superseded",
}
#: What a teacher objects to of a portrait, where the objection stands, and what an upheld one brings about.
OBJECTION_ABOUT: Mapping[str, str] = {"整个画像": "whole", "一个方面": "dimension", "一项记录": "input"}
OBJECTION_STATE: Mapping[str, str] = {
    "待答复": "open", "已支持": "upheld", "未支持": "dismissed", "已撤回": "withdrawn", "已恢复": "lifted",
}
OBJECTION_MEASURE: Mapping[str, str] = {"不再给他人看": "hide", "不再给他人看，以后也不参加计算": "leave_out"}
PAY_CONVENTION: Mapping[str, str] = {
    "当月满 15 天计 1/12": "month_min_days", "当月有一天就计": "month_any_day", "整月在岗才计": "month_full",
    "按当月天数折算": "month_partial", "按全年天数折算": "day",
}
PAY_ACT: Mapping[str, str] = {
    "核算": "compute", "学校确认": "confirm", "学校提出异议": "dispute", "人事复核": "review", "批准": "approve", "锁定": "lock",
    "退回": "return", "导出": "export", "付款核对": "settle", "暂缓": "hold", "解除暂缓": "release", "知悉": "acknowledge",
    "确认假定参数": "assume", "备注": "comment",
}
PAY_STATE: Mapping[str, str] = {
    "草稿": "draft", "已计算": "computed", "学校确认": "school_confirmed", "人事复核": "hr_reviewed", "批准": "approved",
    "锁定": "locked", "导出": "exported", "已付": "paid", "已被后一次核算替代": "superseded",
}
PERIOD_ACT: Mapping[str, str] = {"打开": "open", "锁定": "lock", "重新打开": "reopen"}
PERIOD_STATE: Mapping[str, str] = {"尚未打开": "", "已打开": "open", "已锁定": "locked"}
#: What a year's book is made of.
PAY_PART: Mapping[str, str] = {
    "账簿": "entries", "已锁定的核算": "batches", "学校分配": "splits", "发放批": "payouts", "发放批的各笔": "items",
    "银行的结果": "results", "收回的": "recoveries",
}
PAY_ACCOUNT: Mapping[str, str] = {
    "帮扶支教激励支出": "expense", "应付派出学校": "due_to_school", "财政拨款": "treasury",
}
PAY_ENTRY: Mapping[str, str] = {
    "计提": "accrual", "冲销": "reversal", "调整": "adjustment", "支付": "payment", "补付": "reissue", "收回": "recovery",
}
#: How a school shares its allotment out, and where its split stands.
AWARD_METHOD: Mapping[str, str] = {"按计入月数": "months", "按积分": "points", "平均": "equal", "逐人填写": "by_hand"}
AWARD_STATE: Mapping[str, str] = {"分配草案": "draft", "已提交": "submitted", "已被后一次分配替代": "superseded"}
#: What a row of premises is about.
PREMISES_OF: Mapping[str, str] = {**PUPIL_STAGE, "全校": "whole"}
#: The resource indicators in short, as boards and findings name them; what they require is in the policy book.
INDICATOR: Mapping[str, str] = {
    "高于规定学历教师": "schooling", "县级以上骨干教师": "backbone", "体音美专任教师": "specialists",
    "教学及辅助用房": "teaching_area", "体育运动场馆": "sports_area", "教学仪器设备": "equipment",
    "网络多媒体教室": "multimedia_rooms",
}
ROLE_NAME: Mapping[str, str] = {
    "系统管理员": "admin", "人事科": "hr", "分管局长": "leader", "校长": "principal", "学校办公室": "school", "评审专家": "expert",
    "教师": "teacher", "财务科": "finance", "审计": "auditor", "本机操作员": "operator",
}

#: How somebody proved who they are, and what a payroll file is for.
PROOF: Mapping[str, str] = {"密码": "password", "动态码": "code", "备用码": "recovery", "认证平台": "provider"}
PAYOUT_KIND: Mapping[str, str] = {"发放": "regular", "重发": "reissue"}
GRANT_STATE: Mapping[str, str] = {"待同意": "proposed", "有效": "active", "已收回": "ended"}
ALIAS_KIND: Mapping[str, str] = {"工号": "staff_no", "证件号码": "id_number"}
#: What a retention run may take away.
RETENTION: Mapping[str, str] = {
    "离岗人员的手机": "phone", "离岗人员的证件号码": "id_number", "改动前后里的号码": "images", "上传的文件": "uploads",
    "没有收下的导入": "previews", "收下的导入里引的原文": "remarks", "被替代的画像得分": "scores", "结束的登录会话": "sessions", "登录失败次数": "failures",
    "用过的恢复码": "codes",
    "办结的后台任务": "jobs", "给其他系统的答复": "answers",
}
RETENTION_STATE: Mapping[str, str] = {
    "待批准": "proposed", "正在清理": "approved", "已退回": "rejected", "已清理": "done", "已作废": "stale",
}
REVEAL_REASON: Mapping[str, str] = {
    "核对身份": "identity", "联系本人": "contact", "报送工资、社保": "payroll", "上级系统填报": "superior", "其他": "other",
}
IMAGE_ACTION: Mapping[str, str] = {"修改": "update", "删除": "delete"}

AUDIT_ACTION: Mapping[str, str] = {
    "采用随系统的告知书": "notice:ship", "提出告知书": "notice:propose", "批准告知书": "notice:approve",
    "退回告知书": "notice:reject", "撤回告知书": "notice:withdraw", "确认告知书": "notice:acknowledge",
    "提出到期清理": "retention:propose", "批准到期清理": "retention:approve", "退回到期清理": "retention:reject",
    "到期清理": "retention:erase", "到期清理作废": "retention:stale", "恢复后再清理": "retention:replay",
    "列出受影响的人": "breach:list", "下载本人数据": "mydata:export", "查看完整号码": "person:reveal", "一小时内多次查看号码": "person:reveal_alarm",
    "新建账号": "account:add", "更换密码": "account:change_password", "停用账号": "account:disable",
    "启用账号": "account:enable", "退出全部登录": "account:end_sessions", "退出一处登录": "account:end_session", "重置密码": "account:reset_password",
    "更换密钥": "keys:rotate", "登录": "account:sign_in", "确认身份": "account:prove", "确认身份未通过": "account:prove_refused",
    "取得接口令牌": "account:issue_token", "作废接口令牌": "account:revoke_token",
    "启用手机验证码": "account:add_factor", "取消手机验证码": "account:reset_factor",
    "重发恢复码": "account:renew_recovery_codes", "登录被拒": "account:sign_in_refused", "无权而被拒": "access:refuse", "退出登录": "account:sign_out",
    "收下导入": "import:accept", "放弃导入": "import:discard", "上传导入": "import:stage", "撤销导入": "import:undo",
    "知悉激励的发现": "pay:acknowledge", "批准激励": "pay:approve", "确认激励的假定参数": "pay:assume", "备注激励": "pay:comment",
    "计算激励": "pay:compute", "学校确认激励": "pay:confirm", "学校对激励提出异议": "pay:dispute", "暂缓激励一行": "pay:hold",
    "锁定激励": "pay:lock", "解除暂缓激励一行": "pay:release", "退回激励": "pay:return", "复核激励": "pay:review",
    "学校分配激励": "award:draw", "改动激励分配": "award:change", "公示激励分配": "award:notice", "提交激励分配": "award:submit",
    "撤回激励分配草案": "award:withdraw", "下载激励分配草案": "award:download",
    "登记支教预算": "budget:enter",
    "登记到岗确认": "attendance:enter", "认可到岗确认": "attendance:accept", "退回到岗确认": "attendance:return",
    "生成到岗确认链接": "attendance:link", "作废到岗确认链接": "attendance:revoke", "受援单位确认到岗": "attendance:answer",
    "批准政策参数": "policy:approve", "提出政策参数": "policy:propose",
    "退回政策参数": "policy:reject", "撤回政策参数": "policy:withdraw", "计算画像": "portrait:build",
    "决定画像组数": "portrait:decide", "发布画像": "portrait:publish", "申请计算画像": "portrait:request",
    "对学校隐藏类型": "portrait:hide", "对学校公开类型": "portrait:unhide",
    "对画像提出异议": "portrait:object", "撤回对画像的异议": "portrait:withdraw", "恢复画像": "portrait:lift",
    "支持对画像的异议": "portrait:uphold", "不支持对画像的异议": "portrait:dismiss", "复核画像": "portrait:review", "新增记录": "record:add",
    "更正记录": "record:correct", "撤回记录": "record:withdraw", "接续记录": "record:succeed",
    "提出申请": "proposal:submit", "撤回申请": "proposal:withdraw", "核实申请": "proposal:verify",
    "认定申请": "proposal:recognise", "退回申请": "proposal:return",
    "提名支教或提出变动": "nomination:submit", "撤回支教提名": "nomination:withdraw", "批准支教提名": "nomination:approve",
    "退回支教提名": "nomination:return",
    "调动": "person:transfer", "岗位、职称变动": "person:post", "任教学校": "person:teaching", "长假": "person:leave",
    "借调": "person:second", "返岗": "person:return", "退休": "person:retire", "调出本区": "person:move_out",
    "离职": "person:resign", "重新入职、返聘": "person:rehire", "更正姓名": "person:name", "更正工号": "person:staff_no",
    "更正证件号码": "person:identity", "更正基本情况": "person:facts", "新设学校": "school:open",
    "学校更名": "school:rename", "学校停办": "school:close", "学校并入他校": "school:merge", "更正学校登记": "school:correct",
    "制成发放批": "pay:export", "核对付款完毕": "pay:settle", "上传回盘": "payout:stage", "收下回盘": "payout:accept",
    "放弃回盘": "payout:discard", "登记收回多付的": "payout:recover", "下载发放文件": "payout:download",
    "结账": "year:close", "申请重新打开年度": "year:request", "批准重新打开年度": "year:approve", "退回重新打开年度": "year:reject",
    "下载年度证据": "year:download",
    "申请会计期间": "period:request", "批准会计期间": "period:approve", "退回会计期间": "period:reject",
    "导出记录": "record:export", "导出监测指标": "indicator:export",
    "要看板报告": "report:ask", "制成看板报告": "report:make", "同意角色授权": "role:approve", "关联统一身份": "identity:link", "取消关联统一身份": "identity:unlink", "批量建教师账号": "account:add_teachers", "重发密码条": "account:reissue_slips", "角色终止": "role:end", "授予角色": "role:grant",
}
AUDIT_SUBJECT: Mapping[str, str] = {
    "账号": "user", "角色授权": "grant", "接口令牌": "api_token", "密钥": "key", "权限": "right", "数据库": "database",
    "人员": "person", "学校": "school", "更正或补登": "proposal", "导入批次": "import", "导出": "export", "文件": "file",
    "后台任务": "job", "政策参数": "policy", "个人信息告知书": "notice", "到期清理": "retention", "申报名单": "eligibility",
    "画像": "portrait_run", "对画像的异议": "objection", "激励核算": "pay_batch", "激励算账单": "pay_line", "支教预算": "pay_budget",
    "到岗确认": "host_report", "到岗确认链接": "host_link", "激励分配": "pay_distribution", "会计期间": "pay_period", "发放批": "pay_payout", "银行回盘": "pay_return",
    "多付收回": "pay_recovery", "激励年度": "pay_year", "年度结账": "pay_year_act",
}
AUDIT_DETAIL: Mapping[str, str] = {
    "针对": "about", "账号": "accounts", "办什么": "act", "地址": "address", "改后金额": "after_fen", "总量": "allotment_fen",
    "答复": "answer", "不一致的学校": "apart", "截至": "as_of", "请求": "asks", "分配份数": "awards", "依据": "basis",
    "批次": "batch", "各批次": "batches", "之前": "before", "改前金额": "before_fen", "谁": "by", "退回前": "came_from",
    "以何身份": "capacity", "编号": "code", "意见": "comment", "内容指纹": "content_hash", "口径": "convention", "数量": "count",
    "摘要": "digest", "文件": "document", "文号": "document_no", "期限": "due_on", "生效日期": "effective_on", "结束": "end",
    "分录": "entries", "清去": "erased", "有效期至": "expires_on", "已导出": "exported", "失败": "failed", "失败金额": "failed_fen",
    "失败次数": "fails", "金额": "fen", "字段": "field", "文件编号": "file_id", "各文件": "files", "发现": "findings",
    "格式": "form", "只导入无误的行": "good_rows_only", "授权": "grants", "账首": "head", "方式": "how",
    "输入指纹": "input_sha256", "笔数": "items", "类数": "k", "类数的理由": "k_reason", "保留": "kept", "种类": "kind",
    "各种类": "kinds", "名称": "label", "本小时最后一次记录": "last_of_the_hour", "账簿指纹": "ledger_head", "没有收下": "left",
    "上限": "limit", "行": "lines", "各行指纹": "lines_hash", "途径": "means", "处理": "measure", "办法": "method",
    "变动": "moved", "名字": "name", "各类名称": "names", "备注": "note", "号": "number", "日期": "on", "参数编号": "override",
    "付成": "paid", "付成金额": "paid_fen", "部分收下": "partial", "人数": "people", "期间": "period", "本人": "person",
    "人员编号": "person_id", "公示地点": "place", "计划": "plan", "认证平台": "provider", "只读": "reads_only", "理由": "reason",
    "记录号": "record", "删去": "removed", "恢复": "restored", "角色": "role", "各角色": "roles", "行数": "rows", "运行": "run",
    "学校": "school", "学校编号": "school_id", "各学校": "schools", "封存指纹": "seal", "种子": "seed", "序号": "sequence",
    "登录数": "sessions", "文件指纹": "sha256", "各表": "sheets", "自": "since", "大小": "size", "稳定性": "stability",
    "工号": "staff_no", "开始": "start", "状态": "state", "取代": "supersedes", "教师数": "teachers", "合计金额": "total_fen",
    "至": "until", "值": "value", "各值": "values", "版本": "version", "原来": "was", "内容": "what", "年度": "year",
    "提醒的理由": "warning_reason", "权限": "right", "用户": "user", "月份": "month", "受援单位": "host", "经由": "via", "缺勤": "absences", "考核": "appraisals",
    "表": "sheet", "新增": "added", "更新": "updated", "删除": "deleted", "不变": "unchanged", "错误": "errors", "来自文件": "file",
}


def chinese(vocabulary: Mapping[str, str], code: str | None) -> str:
    """The Chinese of a code; empty for none. ``KeyError`` for a code the vocabulary does not know."""
    if not code:
        return ""
    return next(word for word, known in vocabulary.items() if known == code)


def words_of(vocabulary: Mapping[str, str]) -> dict[str, str]:
    """Code → Chinese of one vocabulary."""
    return {code: word for word, code in reversed(list(vocabulary.items()))}


def alternatives(vocabulary: Mapping[str, str]) -> str:
    """The codes as the body of an SQL ``IN (…)``, for CHECK constraints on fixed vocabulary."""
    return ", ".join(f"'{code}'" for code in dict.fromkeys(vocabulary.values()))
