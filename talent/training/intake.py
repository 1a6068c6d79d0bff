"""What the training sheet means."""

from talent.core import terms
from talent.people.intake import BY_PERSON, PERSON
from talent.training.models import Training
from talent.workbooks.intake import Intake, in_order
from talent.workbooks.kinds import CellType, Column, Kind

TRAINING = Intake(
    Kind(
        "training",
        "培训",
        (
            *PERSON,
            Column("name", "项目名称", CellType.TEXT, required=True, key=True),
            Column("level", "培训级别", CellType.CHOICE, required=True, choices=terms.TRAINING_LEVEL),
            Column("mode", "形式", CellType.CHOICE, choices=terms.TRAINING_MODE),
            Column("theme", "主题", CellType.TEXT),
            Column("started_on", "开始日期", CellType.DATE),
            Column("ended_on", "结束日期", CellType.DATE, required=True, key=True),
            Column("hours_hundredths", "学时", CellType.DECIMAL, required=True, minimum=0, maximum=1000),
            Column("organiser", "主办单位", CellType.TEXT),
            Column("result", "结果", CellType.CHOICE, choices=terms.TRAINING_RESULT),
            Column("certificate_no", "证书编号", CellType.CODE),
        ),
    ),
    Training,
    key=("person_id", "name", "ended_on"),
    references=BY_PERSON,
    check=in_order("started_on", "ended_on"),
    school_may_load=True,
)
