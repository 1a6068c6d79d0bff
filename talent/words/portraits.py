"""What portraits say: why a file is refused, and what must be known before types are published."""

WORDS: dict[str, tuple[str, str]] = {
    "portraits.not_csv": ("这个文件不是完整的 CSV：{reason}", "请用表格软件另存为 CSV 后再试"),
    "portraits.encoding": (
        "文件的文字编码读不出来（试过 {encoding}）",
        "另存为 UTF-8 编码的 CSV，或用 --encoding 指明",
    ),
    "portraits.no_staff_no": ("缺少“{column}”列，不知道每一行是谁", "加上 {column} 列（工号）"),
    "portraits.repeated_column": ("“{column}”列出现了不止一次", "每一列只留一个"),
    "portraits.row_width": (
        "第 {line} 行有 {value} 格，表头有 {expected} 格",
        "补齐或去掉多余的格子；没有采集的留空",
    ),
    "portraits.staff_no_empty": ("第 {line} 行没有工号", "填上工号，或删去这一行"),
    "portraits.staff_no_repeated": (
        "第 {line} 行的工号 {value} 在第 {first} 行已经出现",
        "每人只留一行",
    ),
    "portraits.not_a_number": (
        "第 {line} 行“{column}”列的“{value}”不是数",
        "填数；没有的填 0，没有采集的留空",
    ),
    "portraits.out_of_range": ("第 {line} 行“{column}”列的“{value}”超出范围", "填 0 或正数；没有采集的留空"),
    "portraits.not_yes_no": (
        "第 {line} 行“{column}”列的“{value}”只能是 0 或 1",
        "本期内层级上升填 1，没有填 0",
    ),
    "portraits.k_too_small": ("不能只分 {k} 类", "至少分 {least} 类，或不指定类数"),
    "portraits.negative_seed": ("随机种子 {seed} 不能是负数", "用 0 或正整数"),
    "portraits.column_missing": (
        "没有“{column}”列，这项指标按未采集处理",
        "确实采集过的，把这一列补上后重算",
    ),
    "portraits.too_few_teachers": (
        "数据足够的教师只有 {teachers} 人，至少要 {needed} 人才能分类型",
        "只给出各维度得分；补采数据或扩大范围后再算",
    ),
    "portraits.small_group": ("第 {group} 类只有 {size} 人，人数过少", "减少类数后再算"),
    "portraits.unstable": (
        "类型不够稳定：本方法平均 {model_mean}、最低一类 {model_worst}；"
        "对照方法平均 {plain_mean}、最低一类 {plain_worst}",
        "发布前请比较两种方法，选定一种并写明理由",
    ),
    "portraits.chance_only": ("各项指标之间看不出超过偶然的联系", "不给出类型，只看各维度得分"),
    "portraits.no_stable_types": ("没有稳定的类型，这次只有各维度得分", "补采数据后再算；不要据此给教师归类"),
    "portraits.type_redefined": (
        "第 {group} 类与上年同号的类重合度只有 {overlap}，已是新的类型",
        "另起名称，并向教师说明类型有变",
    ),
    "portraits.name_is_title": ("类型名“{name}”里有称号“{word}”", "换一个描述工作特点的名称，不与称号相同"),
    "portraits.name_ranks": ("类型名“{name}”里有排名次的字眼“{word}”", "换一个描述工作特点的名称，不分高下"),
    "portraits.association": (
        "类型与“{trait}”的关联 {v} 超过提示线 {limit}",
        "发布前请查明原因并写明理由",
    ),
    "portraits.no_evidence": ("这次运行没有各个类数的对照，不能据此决定类数", "从画像页重新计算一次，再决定"),
    "portraits.k_reason_missing": ("没有写为什么分这么多类", "对照各项证据，写一句理由"),
    "portraits.method_unknown": ("没有选定用哪种方法", "比较两种方法的稳定性，选一种"),
    "portraits.warning_reason_missing": ("有提醒未说明", "写明看过哪些提醒、为什么仍可发布"),
    "portraits.name_missing": ("第 {group} 类没有名称", "写一个描述工作特点的名称"),
    "portraits.name_long": ("名称“{name}”超过 {most} 个字", "缩短一些"),
    "portraits.name_repeated": ("名称“{name}”用了两次", "每一类用不同的名称"),
    "portraits.name_kept": ("这一类已与上年不同，不能沿用“{name}”", "另起名称，并向教师说明类型有变"),
    "portraits.nothing_to_decide": ("这次运行没有类型，只有各维度得分", "直接请另一位复核"),
    "portraits.undecided": ("类数、名称和理由还没有决定", "先填“决定”，再复核"),
    "portraits.same_person": ("这次运行是您要求计算的", "请另一位有权限的人复核和发布"),
    "portraits.newer_published": ("已经发布了截至 {as_of} 的画像，不能再发布更早的", "发布更新的一次"),
    "portraits.future": ("截止日晚于今天 {today}", "填今天或更早的日期"),
    "portraits.k_out_of_range": ("类数填 {least} 到 {most}", "或不填，由系统按证据提议"),
    "portraits.stage_read": ("读取记录", ""),
    "portraits.stage_compute": ("计算得分、类型和稳定性", ""),
    "portraits.stage_store": ("保存", ""),
    "portraits.waiting": ("排队等待计算", ""),
    "objection.of_nothing": ("没有选对什么有异议", "选整个画像、一个方面或一项记录"),
    "objection.no_reason": ("没有写理由", "写明哪里不符、为什么；人事科据此复核"),
    "objection.no_answer": ("答复要写明理由", "写明复核了什么、为什么；教师会看到"),
    "objection.no_measure": ("支持异议的，要选怎样处理", "选不再给他人看，或同时不再参加以后的计算"),
    "objection.too_long": ("超过 {most} 个字", "请写短一些"),
    "objection.no_portrait": ("您还没有画像", "有了画像再提；记录有误的，现在就可以申请更正"),
    "objection.open_already": ("对这一项已经提过，还没有答复", "等答复，或先撤回那一份"),
    "objection.own": ("自己的异议不能由自己答复", "请同一科室的另一位办理"),
    "conflict.objection": ("这份异议已经有人处理，现在是“{objection_state}”", "请看现在的情况"),
    "conflict.portrait_run": ("这次运行已被别人办理过", "重新打开看现在的状态"),
    "conflict.portrait_build": ("已有一次画像正在计算", "等它算完再试"),
}

DIMENSION_NAMES: dict[str, str] = {
    "training": "研修学习",
    "contest": "竞赛教学",
    "research": "教研创新",
    "mentoring": "带教引领",
    "assistance": "支教服务",
    "tier": "梯队成长",
}

INPUT_NAMES: dict[str, str] = {
    "hours": "研修学时",
    "contest_points": "竞赛积分",
    "project_points": "课题积分",
    "papers": "论文",
    "open_lesson_points": "公开课积分",
    "mentees": "带教徒弟",
    "lectures": "讲座",
    "assistance_months": "帮扶支教月数",
    "tier": "称号层级",
    "promoted": "层级上升",
}

TYPE_NAMES: dict[str, str] = {
    "training": "研修成长型",
    "contest": "竞赛见长型",
    "research": "教研创新型",
    "mentoring": "带教引领型",
    "assistance": "支教奉献型",
    "balanced": "均衡稳健型",
    "sparse": "记录偏少型",
}
"""Proposed type names by the codes of ``talent.portraits.naming``; a person edits and approves them."""

RANKING_WORDS: tuple[str, ...] = (
    "优秀",
    "先进",
    "落后",
    "后进",
    "一流",
    "末位",
    "待激励",
    "高水平",
    "低水平",
    "不合格",
)
"""Words that rank people, which no type name may carry."""
