"""Every table of the first half"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every table of the first half."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_events_subject_subject_key"), ["subject", "subject_key"], unique=False
        )

    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_files_stored_as")),
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("good_rows_only", sa.Boolean(), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('staged', 'refused', 'accepted', 'undone', 'discarded')", name=op.f("ck_import_batches_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_state_lease_until"), ["state", "lease_until"], unique=False)

    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_index", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fails > 0", name=op.f("ck_login_failures_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failures")),
        sa.UniqueConstraint("name_index", "address", name=op.f("uq_login_failures_name_index_address")),
    )
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_failures_last_at"), ["last_at"], unique=False)

    op.create_table(
        "pay_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("convention", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_by", sa.Integer(), nullable=True),
        sa.Column("computed_by_name", sa.String(length=80), nullable=False),
        sa.Column("book_digest", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'computed', 'school_confirmed', 'hr_reviewed', 'approved', 'locked', 'exported', 'paid', 'superseded')",
            name=op.f("ck_pay_batches_state"),
        ),
        sa.CheckConstraint("total_fen >= 0", name=op.f("ck_pay_batches_total_fen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_batches")),
        sa.UniqueConstraint("year", "sequence", name=op.f("uq_pay_batches_year_sequence")),
    )
    op.create_table(
        "policy_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("clause", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_by IS NOT NULL)", name=op.f("ck_policy_overrides_approval_named")
        ),
        sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected')", name=op.f("ck_policy_overrides_state")),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_policy_overrides_approved_once")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_policy_overrides_two_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_overrides")),
    )
    op.create_table(
        "portrait_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(length=80), nullable=False),
        sa.Column("input_sha256", sa.String(length=64), nullable=False),
        sa.Column("book_digest", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("stability", sa.Float(), nullable=True),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("grouping", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'reviewed', 'published', 'superseded')", name=op.f("ck_portrait_runs_state")
        ),
        sa.CheckConstraint("seed >= 0", name=op.f("ck_portrait_runs_seed")),
        sa.ForeignKeyConstraint(["previous_id"], ["portrait_runs.id"], name=op.f("fk_portrait_runs_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portrait_runs")),
    )
    with op.batch_alter_table("portrait_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portrait_runs_state_as_of"), ["state", "as_of"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("display_name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_users_named")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_users_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "change_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=6), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.CheckConstraint("action IN ('update', 'delete')", name=op.f("ck_change_images_action")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_change_images_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_images")),
    )
    with op.batch_alter_table("change_images", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_images_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_images_table_name_row_id"), ["table_name", "row_id"], unique=False)

    op.create_table(
        "people",
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("staff_no", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pinyin", sa.String(length=160), nullable=False),
        sa.Column("initials", sa.String(length=40), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_index", sa.String(length=64), nullable=True),
        sa.Column("id_number_masked", sa.String(length=40), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("phone_masked", sa.String(length=40), nullable=False),
        sa.Column("sex", sa.String(length=10), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("born_precision", sa.String(length=5), nullable=False),
        sa.Column("ethnicity", sa.String(length=20), nullable=False),
        sa.Column("politics", sa.String(length=40), nullable=False),
        sa.Column("work_started_on", sa.Date(), nullable=True),
        sa.Column("work_started_precision", sa.String(length=5), nullable=False),
        sa.Column("teaching_started_on", sa.Date(), nullable=True),
        sa.Column("teaching_started_precision", sa.String(length=5), nullable=False),
        sa.Column("former_name", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("born_precision IN ('', 'day', 'month')", name=op.f("ck_people_born_precision")),
        sa.CheckConstraint(
            "teaching_started_precision IN ('', 'day', 'month')", name=op.f("ck_people_teaching_started_precision")
        ),
        sa.CheckConstraint(
            "work_started_precision IN ('', 'day', 'month')", name=op.f("ck_people_work_started_precision")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_people_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("id_number_index", name=op.f("uq_people_id_number_index")),
        sa.UniqueConstraint("staff_no", name=op.f("uq_people_staff_no")),
        sa.UniqueConstraint("uid", name=op.f("uq_people_uid")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_initials"), ["initials"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_phone_index"), ["phone_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_pinyin"), ["pinyin"], unique=False)

    op.create_table(
        "schools",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("ownership", sa.String(length=10), nullable=False),
        sa.Column("area", sa.String(length=10), nullable=False),
        sa.Column("community", sa.String(length=80), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("area IN ('', 'urban', 'town', 'rural')", name=op.f("ck_schools_area")),
        sa.CheckConstraint(
            "kind IN ('primary', 'junior', 'nine_year', 'complete_secondary', 'senior', 'twelve_year', 'special', 'vocational', 'teaching_point', 'kindergarten', 'development_centre')",
            name=op.f("ck_schools_kind"),
        ),
        sa.CheckConstraint("ownership IN ('', 'public', 'private')", name=op.f("ck_schools_ownership")),
        sa.CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name=op.f("ck_schools_not_into_itself")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_schools_batch_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["schools.id"], name=op.f("fk_schools_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint("code", name=op.f("uq_schools_code")),
    )
    with op.batch_alter_table("schools", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schools_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_user_sessions_order")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_user_sessions_token_sha256")),
    )
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_user_sessions_user_id_ended_at", ["user_id", "ended_at"], unique=False)

    op.create_table(
        "absences",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('', 'sick', 'personal', 'maternity', 'official', 'absent', 'other')",
            name=op.f("ck_absences_kind"),
        ),
        sa.CheckConstraint("started_on <= ended_on", name=op.f("ck_absences_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_absences_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        sa.UniqueConstraint("person_id", "started_on", name=op.f("uq_absences_person_id_started_on")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "achievements",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("achieved_on", sa.Date(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('project', 'open_lesson', 'paper', 'lecture', 'honour')", name=op.f("ck_achievements_kind")
        ),
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'municipal', 'prefectural', 'district', 'school')",
            name=op.f("ck_achievements_level"),
        ),
        sa.CheckConstraint("role IN ('', 'lead', 'core', 'member')", name=op.f("ck_achievements_role")),
        sa.CheckConstraint(
            "state IN ('submitted', 'school_verified', 'recognised', 'returned')", name=op.f("ck_achievements_state")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_achievements_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_achievements_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
        sa.UniqueConstraint(
            "person_id", "achieved_on", "kind", "name", name=op.f("uq_achievements_person_id_achieved_on_kind_name")
        ),
    )
    with op.batch_alter_table("achievements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_achievements_achieved_on"), ["achieved_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_achievements_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "appraisals",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "result IN ('excellent', 'qualified', 'basic', 'unqualified')", name=op.f("ck_appraisals_result")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_appraisals_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_appraisals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisals")),
        sa.UniqueConstraint("person_id", "year", name=op.f("uq_appraisals_person_id_year")),
    )
    with op.batch_alter_table("appraisals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appraisals_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sending_school_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("appraisal", sa.String(length=12), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "appraisal IN ('', 'excellent', 'qualified', 'unqualified')", name=op.f("ck_assignments_appraisal")
        ),
        sa.CheckConstraint("kind IN ('paired', 'community')", name=op.f("ck_assignments_kind")),
        sa.CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name=op.f("ck_assignments_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_assignments_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_assignments_person_id")),
        sa.ForeignKeyConstraint(["sending_school_id"], ["schools.id"], name=op.f("fk_assignments_sending_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint(
            "person_id",
            "started_on",
            "sending_school_id",
            "host",
            name=op.f("uq_assignments_person_id_started_on_sending_school_id_host"),
        ),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assignments_sending_school_id_started_on"), ["sending_school_id", "started_on"], unique=False
        )

    op.create_table(
        "collections",
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name=op.f("ck_collections_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_collections_batch_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_collections_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_collections_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_collections_kind_school_id"), ["kind", "school_id"], unique=False)

    op.create_table(
        "conduct_cases",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("limited_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("limited_until IS NULL OR decided_on <= limited_until", name=op.f("ck_conduct_cases_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_conduct_cases_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_conduct_cases_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_cases")),
        sa.UniqueConstraint("person_id", "decided_on", name=op.f("uq_conduct_cases_person_id_decided_on")),
    )
    with op.batch_alter_table("conduct_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conduct_cases_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "contest_results",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contest", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("work_title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=8), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("team_rank", sa.String(length=20), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("category IN ('', 'own', 'coached')", name=op.f("ck_contest_results_category")),
        sa.CheckConstraint(
            "grade IN ('special', 'first', 'second', 'third', 'merit', 'shortlisted')",
            name=op.f("ck_contest_results_grade"),
        ),
        sa.CheckConstraint(
            "level IN ('national', 'provincial', 'municipal', 'prefectural', 'district', 'school')",
            name=op.f("ck_contest_results_level"),
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'school_verified', 'recognised', 'returned')", name=op.f("ck_contest_results_state")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_contest_results_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contest_results_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_results")),
        sa.UniqueConstraint(
            "person_id",
            "awarded_on",
            "contest",
            "level",
            "work_title",
            name=op.f("uq_contest_results_person_id_awarded_on_contest_level_work_title"),
        ),
    )
    with op.batch_alter_table("contest_results", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contest_results_awarded_on"), ["awarded_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_contest_results_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "employments",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("teaching_schools", sa.String(length=400), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("post", sa.String(length=80), nullable=False),
        sa.Column("quota_type", sa.String(length=12), nullable=False),
        sa.Column("professional_title", sa.String(length=12), nullable=False),
        sa.Column("schooling", sa.String(length=20), nullable=False),
        sa.Column("degree", sa.String(length=10), nullable=False),
        sa.Column("certificate_kind", sa.String(length=40), nullable=False),
        sa.Column("certificate_no", sa.String(length=40), nullable=False),
        sa.Column("weekly_lessons_hundredths", sa.Integer(), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("arrived_precision", sa.String(length=5), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("arrived_precision IN ('', 'day', 'month')", name=op.f("ck_employments_arrived_precision")),
        sa.CheckConstraint(
            "category IN ('', 'full_time_teacher', 'administrator', 'assistant', 'worker')",
            name=op.f("ck_employments_category"),
        ),
        sa.CheckConstraint(
            "quota_type IN ('', 'staffed', 'contract', 'dispatched')", name=op.f("ck_employments_quota_type")
        ),
        sa.CheckConstraint(
            "status IN ('on_post', 'long_leave', 'seconded', 'retired', 'transferred_out', 'resigned')",
            name=op.f("ck_employments_status"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to", name=op.f("ck_employments_order")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_employments_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_employments_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_employments_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employments")),
    )
    with op.batch_alter_table("employments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employments_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_employments_person_id_valid_from"), ["person_id", "valid_from"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_employments_school_id_valid_from"), ["school_id", "valid_from"], unique=False
        )

    op.create_table(
        "enrolments",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("classes", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stage IN ('primary', 'junior', 'senior')", name=op.f("ck_enrolments_stage")),
        sa.CheckConstraint("classes IS NULL OR classes >= 0", name=op.f("ck_enrolments_classes")),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_enrolments_pupils")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_enrolments_batch_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_enrolments_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("school_id", "counted_on", "stage", name=op.f("uq_enrolments_school_id_counted_on_stage")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolments_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "exchanges",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_school_id", sa.Integer(), nullable=False),
        sa.Column("to_school_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name=op.f("ck_exchanges_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_exchanges_batch_id")),
        sa.ForeignKeyConstraint(["from_school_id"], ["schools.id"], name=op.f("fk_exchanges_from_school_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_exchanges_person_id")),
        sa.ForeignKeyConstraint(["to_school_id"], ["schools.id"], name=op.f("fk_exchanges_to_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
        sa.UniqueConstraint("person_id", "started_on", name=op.f("uq_exchanges_person_id_started_on")),
    )
    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchanges_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "facilities",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("teaching_area_hundredths", sa.Integer(), nullable=True),
        sa.Column("sports_area_hundredths", sa.Integer(), nullable=True),
        sa.Column("equipment_fen", sa.Integer(), nullable=True),
        sa.Column("multimedia_rooms", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stage IN ('', 'primary', 'junior', 'senior')", name=op.f("ck_facilities_stage")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_facilities_batch_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_facilities_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
        sa.UniqueConstraint("school_id", "counted_on", "stage", name=op.f("uq_facilities_school_id_counted_on_stage")),
    )
    with op.batch_alter_table("facilities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facilities_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "mentorings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("apprentice_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_on IS NULL OR started_on <= ended_on", name=op.f("ck_mentorings_order")),
        sa.CheckConstraint("person_id <> apprentice_id", name=op.f("ck_mentorings_two_people")),
        sa.ForeignKeyConstraint(["apprentice_id"], ["people.id"], name=op.f("fk_mentorings_apprentice_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_mentorings_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mentorings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentorings")),
        sa.UniqueConstraint(
            "person_id", "apprentice_id", "started_on", name=op.f("uq_mentorings_person_id_apprentice_id_started_on")
        ),
    )
    with op.batch_alter_table("mentorings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentorings_apprentice_id"), ["apprentice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentorings_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "pay_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("clause", sa.String(length=240), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('error', 'warning')", name=op.f("ck_pay_findings_level")),
        sa.ForeignKeyConstraint(["batch_id"], ["pay_batches.id"], name=op.f("fk_pay_findings_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pay_findings_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_pay_findings_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_findings")),
    )
    with op.batch_alter_table("pay_findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pay_findings_batch_id_code"), ["batch_id", "code"], unique=False)
        batch_op.create_index(batch_op.f("ix_pay_findings_person_id"), ["person_id"], unique=False)

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

    op.create_table(
        "person_aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('staff_no', 'id_number')", name=op.f("ck_person_aliases_kind")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_person_aliases_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_aliases_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_aliases")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_person_aliases_kind_value")),
    )
    with op.batch_alter_table("person_aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_aliases_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_aliases_person_id"), ["person_id"], unique=False)

    op.create_table(
        "portrait_scores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_group", sa.Integer(), nullable=True),
        sa.Column("membership", sa.Text(), nullable=False),
        sa.Column("training", sa.Float(), nullable=True),
        sa.Column("contest", sa.Float(), nullable=True),
        sa.Column("research", sa.Float(), nullable=True),
        sa.Column("mentoring", sa.Float(), nullable=True),
        sa.Column("assistance", sa.Float(), nullable=True),
        sa.Column("tier", sa.Float(), nullable=True),
        sa.Column("coverage", sa.Float(), nullable=False),
        sa.Column("is_insufficient", sa.Boolean(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.CheckConstraint("coverage BETWEEN 0 AND 1", name=op.f("ck_portrait_scores_coverage")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_portrait_scores_person_id")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["portrait_runs.id"], name=op.f("fk_portrait_scores_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portrait_scores")),
        sa.UniqueConstraint("run_id", "person_id", name=op.f("uq_portrait_scores_run_id_person_id")),
    )
    with op.batch_alter_table("portrait_scores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_portrait_scores_person_id"), ["person_id"], unique=False)

    op.create_table(
        "quotas",
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("posts >= 0", name=op.f("ck_quotas_posts")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_quotas_batch_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_quotas_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotas")),
    )
    with op.batch_alter_table("quotas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quotas_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("uq_quotas_place", ["school_id", "valid_from"], unique=True)

    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("founding", sa.Boolean(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role IN ('principal', 'school')) = (school_id IS NOT NULL)", name=op.f("ck_role_grants_school_named")
        ),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_role_grants_ended_once")),
        sa.CheckConstraint("role <> 'teacher' OR person_id IS NOT NULL", name=op.f("ck_role_grants_person_named")),
        sa.CheckConstraint(
            "role IN ('admin', 'hr', 'leader', 'principal', 'school', 'expert', 'teacher', 'finance', 'auditor')",
            name=op.f("ck_role_grants_role"),
        ),
        sa.CheckConstraint(
            "state <> 'active' OR founding OR approved_by IS NOT NULL", name=op.f("ck_role_grants_approved_when_active")
        ),
        sa.CheckConstraint(
            "state <> 'proposed' OR (approved_by IS NULL AND NOT founding)",
            name=op.f("ck_role_grants_open_when_proposed"),
        ),
        sa.CheckConstraint("state IN ('proposed', 'active', 'ended')", name=op.f("ck_role_grants_state")),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_role_grants_approved_once")),
        sa.CheckConstraint(
            "approved_by IS NULL OR (approved_by <> user_id AND (granted_by IS NULL OR approved_by <> granted_by))",
            name=op.f("ck_role_grants_two_persons"),
        ),
        sa.CheckConstraint("granted_by IS NULL OR granted_by <> user_id", name=op.f("ck_role_grants_not_to_oneself")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_role_grants_order")),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_role_grants_approved_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_role_grants_ended_by")),
        sa.ForeignKeyConstraint(["granted_by"], ["users.id"], name=op.f("fk_role_grants_granted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_role_grants_school_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grants_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grants_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_role_grants_state_role", ["state", "role"], unique=False)
        batch_op.create_index("ix_role_grants_user_id_state", ["user_id", "state"], unique=False)

    op.create_index(
        "uq_role_grants_open",
        "role_grants",
        ["user_id", "role", sa.text("coalesce(school_id, 0)"), sa.text("coalesce(person_id, 0)")],
        unique=True,
        sqlite_where=sa.text("state <> 'ended'"),
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "titles",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("round", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("recognised_on", sa.Date(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("document_no", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("term_to IS NULL OR term_from <= term_to", name=op.f("ck_titles_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_titles_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_titles_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_titles")),
        sa.UniqueConstraint("person_id", "tier", "term_from", name=op.f("uq_titles_person_id_tier_term_from")),
    )
    with op.batch_alter_table("titles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_titles_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_titles_tier_term_from"), ["tier", "term_from"], unique=False)

    op.create_table(
        "trainings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("hours_hundredths", sa.Integer(), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("certificate_no", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "level IN ('national', 'municipal', 'district', 'school', 'self', 'induction')",
            name=op.f("ck_trainings_level"),
        ),
        sa.CheckConstraint("mode IN ('', 'onsite', 'online')", name=op.f("ck_trainings_mode")),
        sa.CheckConstraint("result IN ('', 'passed', 'failed')", name=op.f("ck_trainings_result")),
        sa.CheckConstraint(
            "state IN ('submitted', 'school_verified', 'recognised', 'returned')", name=op.f("ck_trainings_state")
        ),
        sa.CheckConstraint("hours_hundredths >= 0", name=op.f("ck_trainings_hours")),
        sa.CheckConstraint("started_on IS NULL OR started_on <= ended_on", name=op.f("ck_trainings_order")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_trainings_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_trainings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
        sa.UniqueConstraint("person_id", "ended_on", "name", name=op.f("uq_trainings_person_id_ended_on_name")),
    )
    with op.batch_alter_table("trainings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainings_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trainings_ended_on"), ["ended_on"], unique=False)

    op.create_table(
        "title_states",
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('in_office', 'suspended', 'revoked', 'ended')", name=op.f("ck_title_states_state")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batches.id"], name=op.f("fk_title_states_batch_id")),
        sa.ForeignKeyConstraint(["title_id"], ["titles.id"], name=op.f("fk_title_states_title_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_states")),
    )
    with op.batch_alter_table("title_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_title_states_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_title_states_title_id"), ["title_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("title_states", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_title_states_title_id"))
        batch_op.drop_index(batch_op.f("ix_title_states_batch_id"))

    op.drop_table("title_states")
    with op.batch_alter_table("trainings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trainings_ended_on"))
        batch_op.drop_index(batch_op.f("ix_trainings_batch_id"))

    op.drop_table("trainings")
    with op.batch_alter_table("titles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_titles_tier_term_from"))
        batch_op.drop_index(batch_op.f("ix_titles_batch_id"))

    op.drop_table("titles")
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.drop_index("ix_role_grants_user_id_state")
        batch_op.drop_index("ix_role_grants_state_role")
        batch_op.drop_index(batch_op.f("ix_role_grants_school_id"))
        batch_op.drop_index(batch_op.f("ix_role_grants_person_id"))

    op.drop_table("role_grants")
    with op.batch_alter_table("quotas", schema=None) as batch_op:
        batch_op.drop_index("uq_quotas_place")
        batch_op.drop_index(batch_op.f("ix_quotas_batch_id"))

    op.drop_table("quotas")
    with op.batch_alter_table("portrait_scores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_portrait_scores_person_id"))

    op.drop_table("portrait_scores")
    with op.batch_alter_table("person_aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_aliases_person_id"))
        batch_op.drop_index(batch_op.f("ix_person_aliases_batch_id"))

    op.drop_table("person_aliases")
    with op.batch_alter_table("pay_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pay_lines_person_id"))
        batch_op.drop_index(batch_op.f("ix_pay_lines_batch_id_school_id"))

    op.drop_table("pay_lines")
    with op.batch_alter_table("pay_findings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pay_findings_person_id"))
        batch_op.drop_index(batch_op.f("ix_pay_findings_batch_id_code"))

    op.drop_table("pay_findings")
    with op.batch_alter_table("mentorings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentorings_batch_id"))
        batch_op.drop_index(batch_op.f("ix_mentorings_apprentice_id"))

    op.drop_table("mentorings")
    with op.batch_alter_table("facilities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_facilities_batch_id"))

    op.drop_table("facilities")
    with op.batch_alter_table("exchanges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchanges_batch_id"))

    op.drop_table("exchanges")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_batch_id"))

    op.drop_table("enrolments")
    with op.batch_alter_table("employments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employments_school_id_valid_from"))
        batch_op.drop_index(batch_op.f("ix_employments_person_id_valid_from"))
        batch_op.drop_index(batch_op.f("ix_employments_batch_id"))

    op.drop_table("employments")
    with op.batch_alter_table("contest_results", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contest_results_batch_id"))
        batch_op.drop_index(batch_op.f("ix_contest_results_awarded_on"))

    op.drop_table("contest_results")
    with op.batch_alter_table("conduct_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conduct_cases_batch_id"))

    op.drop_table("conduct_cases")
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_collections_kind_school_id"))
        batch_op.drop_index(batch_op.f("ix_collections_batch_id"))

    op.drop_table("collections")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_sending_school_id_started_on"))
        batch_op.drop_index(batch_op.f("ix_assignments_batch_id"))

    op.drop_table("assignments")
    with op.batch_alter_table("appraisals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appraisals_batch_id"))

    op.drop_table("appraisals")
    with op.batch_alter_table("achievements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_achievements_batch_id"))
        batch_op.drop_index(batch_op.f("ix_achievements_achieved_on"))

    op.drop_table("achievements")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absences_batch_id"))

    op.drop_table("absences")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_user_sessions_user_id_ended_at")

    op.drop_table("user_sessions")
    with op.batch_alter_table("schools", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schools_batch_id"))

    op.drop_table("schools")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_pinyin"))
        batch_op.drop_index(batch_op.f("ix_people_phone_index"))
        batch_op.drop_index(batch_op.f("ix_people_name"))
        batch_op.drop_index(batch_op.f("ix_people_initials"))
        batch_op.drop_index(batch_op.f("ix_people_batch_id"))

    op.drop_table("people")
    with op.batch_alter_table("change_images", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_images_table_name_row_id"))
        batch_op.drop_index(batch_op.f("ix_change_images_batch_id"))

    op.drop_table("change_images")
    op.drop_table("users")
    with op.batch_alter_table("portrait_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_portrait_runs_state_as_of"))

    op.drop_table("portrait_runs")
    op.drop_table("policy_overrides")
    op.drop_table("pay_batches")
    with op.batch_alter_table("login_failures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_failures_last_at"))

    op.drop_table("login_failures")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_state_lease_until"))

    op.drop_table("jobs")
    op.drop_table("import_batches")
    op.drop_table("files")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_subject_subject_key"))
        batch_op.drop_index(batch_op.f("ix_audit_events_at"))

    op.drop_table("audit_events")
