"""What hosts say of a month: reports with their lines, and the links they are asked by"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three tables; nothing that was there changes."""
    op.create_table(
        "host_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_host_links_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_links")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_host_links_code_sha256")),
    )
    op.create_index(op.f("ix_host_links_month_host"), "host_links", ["month", "host"])
    _reports()
    _lines()


def _reports() -> None:
    op.create_table(
        "host_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("via", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("witness", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'returned')", name=op.f("ck_host_reports_state")),
        sa.CheckConstraint("via IN ('sheet', 'link')", name=op.f("ck_host_reports_via")),
        sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name=op.f("ck_host_reports_decided")),
        sa.CheckConstraint("state <> 'returned' OR answer <> ''", name=op.f("ck_host_reports_answered")),
        sa.CheckConstraint("(via = 'link') = (link_id IS NOT NULL)", name=op.f("ck_host_reports_asked_by_link")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_host_reports_file_id")),
        sa.ForeignKeyConstraint(["link_id"], ["host_links.id"], name=op.f("fk_host_reports_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_reports")),
        sa.UniqueConstraint("link_id", name=op.f("uq_host_reports_link_id")),
    )
    op.create_index(op.f("ix_host_reports_month_host"), "host_reports", ["month", "host"])


def _lines() -> None:
    op.create_table(
        "host_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("appraisal_then", sa.String(length=12), server_default="", nullable=False),
        sa.Column("absences", sa.Text(), nullable=False),
        sa.Column("appraisal", sa.String(length=12), server_default="", nullable=False),
        sa.CheckConstraint("appraisal IN ('', 'excellent', 'qualified', 'unqualified')",
                           name=op.f("ck_host_lines_appraisal")),
        sa.ForeignKeyConstraint(["report_id"], ["host_reports.id"], name=op.f("fk_host_lines_report_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_host_lines_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_lines")),
        sa.UniqueConstraint("report_id", "assignment_id", name=op.f("uq_host_lines_report_id_assignment_id")),
    )
    op.create_index(op.f("ix_host_lines_assignment_id"), "host_lines", ["assignment_id"])
    op.create_index(op.f("ix_host_lines_person_id"), "host_lines", ["person_id"])


def downgrade() -> None:
    """The tables go, unless hosts said something: signed sheets are not forgotten."""
    said = op.get_bind().execute(sa.text("SELECT count(*) FROM host_reports")).scalar_one()
    if said:
        raise RuntimeError(f"{said} reports of hosts would be lost")
    for table in ("host_lines", "host_reports", "host_links"):
        op.drop_table(table)
