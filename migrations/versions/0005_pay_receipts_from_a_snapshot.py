"""Pay receipts are made from the batch's snapshot, not stored with every line

The snapshot of a run becomes a head and parts of two hundred people, the hash of its content covers bare lines, and
the accrual year, which was assumed but not listed, stands among the parameters. What runs there are is rewritten.
"""

import json
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PART_SIZE = 200
# As the policy book had it when these runs were computed.
ACCRUAL_YEAR = {
    "key": "paired_assistance.accrual_year", "label": "核算年度", "unit": "code", "value": "calendar_year",
    "basis": "assumed", "since": "2020-01-01",
    "source": {"document": "三年行动方案(2020—2022年)", "clause": "三(四)",
               "note": "方案只写每人每年；默认按自然年核算"},
}  # fmt: skip


def upgrade() -> None:
    """Split the snapshots, hash anew, drop the stored receipts."""
    op.create_table(
        "pay_snapshot_parts",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["pay_batches.id"], name=op.f("fk_pay_snapshot_parts_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_pay_snapshot_parts")),
    )
    connection = op.get_bind()
    for batch in connection.execute(sa.text("SELECT id FROM pay_batches ORDER BY id")).all():
        _rewrite(connection, batch.id)
    op.drop_column("pay_lines", "receipt")


def _rewrite(connection: sa.Connection, batch_id: int) -> None:
    batch = connection.execute(
        sa.text("SELECT snapshot, parameters, book_digest FROM pay_batches WHERE id = :id"), {"id": batch_id}
    ).one()
    head, parameters = json.loads(batch.snapshot), json.loads(batch.parameters)
    parts = _parts(head.pop("persons"))
    head["rules"], head["book"] = 1, batch.book_digest
    head["terms"]["accrual_year"] = {**ACCRUAL_YEAR, "until": None, "overridden": False}
    head["parts"] = [[json.loads(part)[0][0], _digest(part)] for part in parts]
    rates = sum(value["key"] == "paired_assistance.yearly_amount" for value in parameters)
    parameters.insert(rates, ACCRUAL_YEAR)
    texts = {"snapshot": _canonical(head), "parameters": _canonical(parameters)}
    for number, part in enumerate(parts):
        connection.execute(
            sa.text("INSERT INTO pay_snapshot_parts (batch_id, number, content) VALUES (:id, :number, :content)"),
            {"id": batch_id, "number": number, "content": part},
        )
    content_hash = _digest(
        "\n".join((
            _digest(texts["snapshot"]),
            texts["parameters"],
            _canonical(_lines(connection, batch_id)),
            _canonical(_findings(connection, batch_id)),
        ))
    )
    connection.execute(
        sa.text("UPDATE pay_batches SET snapshot = :snapshot, parameters = :parameters, content_hash = :hash WHERE id = :id"),
        {**texts, "hash": content_hash, "id": batch_id},
    )


def _parts(persons: dict[str, list[object]]) -> list[str]:
    people = [[staff_no, *persons[staff_no]] for staff_no in sorted(persons)]
    return [_canonical(people[at : at + PART_SIZE]) for at in range(0, len(people), PART_SIZE)]


def _lines(connection: sa.Connection, batch_id: int) -> list[list[object]]:
    rows = connection.execute(
        sa.text("SELECT staff_no, school_code, months, month_count, days, amount_fen FROM pay_lines WHERE batch_id = :id"),
        {"id": batch_id},
    )
    return sorted(list(row) for row in rows)


def _findings(connection: sa.Connection, batch_id: int) -> list[dict[str, object]]:
    rows = connection.execute(
        sa.text("SELECT code, clause, params, level FROM pay_findings WHERE batch_id = :id ORDER BY id"), {"id": batch_id}
    )
    return [{**row._mapping, "params": json.loads(row.params)} for row in rows]


def _canonical(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def downgrade() -> None:
    """Bring the column back. The runs go: their receipts are not kept, and the years are computed again by a click.

    A run that people have confirmed or paid is not thrown away: with one, the way back is refused.
    """
    connection = op.get_bind()
    acted_on = connection.execute(
        sa.text("SELECT count(*) FROM pay_batches WHERE state NOT IN ('draft', 'computed', 'superseded')")
    ).scalar_one()
    if acted_on:
        raise RuntimeError(f"{acted_on} pay batches are confirmed or further: their receipts cannot be stored again")
    op.drop_table("pay_lines")
    op.drop_table("pay_snapshot_parts")
    op.execute("DELETE FROM pay_findings")
    op.execute("DELETE FROM pay_batches")
    op.create_table(
        "pay_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_no", sa.String(length=40), nullable=False),
        sa.Column("school_code", sa.String(length=40), nullable=False),
        sa.Column("months", sa.String(length=40), nullable=False),
        sa.Column("month_count", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_pay_lines_amount_fen")),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_pay_lines_days")),
        sa.CheckConstraint("month_count BETWEEN 0 AND 12", name=op.f("ck_pay_lines_month_count")),
        sa.ForeignKeyConstraint(["batch_id"], ["pay_batches.id"], name=op.f("fk_pay_lines_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pay_lines_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_pay_lines_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_lines")),
        sa.UniqueConstraint(
            "batch_id", "person_id", "school_id", name=op.f("uq_pay_lines_batch_id_person_id_school_id")
        ),
    )
    with op.batch_alter_table("pay_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pay_lines_batch_id_school_id"), ["batch_id", "school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pay_lines_person_id"), ["person_id"], unique=False)
