"""What schools propose of their people's assistance, beside what people propose of their own records"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; every proposal so far is its person's own."""
    # By hand, for both databases: a column that brings its check along needs no table made anew.
    op.execute("ALTER TABLE proposals ADD COLUMN asks VARCHAR(8) DEFAULT '' NOT NULL "
               "CONSTRAINT ck_proposals_asks CHECK (asks IN ('', 'nominate', 'move', 'end'))")
    op.execute("ALTER TABLE proposals ADD COLUMN document_no VARCHAR(80) DEFAULT '' NOT NULL "
               "CONSTRAINT ck_proposals_approved_by_document "
               "CHECK (asks = '' OR state <> 'recognised' OR document_no <> '')")


def downgrade() -> None:
    """The columns go, unless a school proposed something: nobody would know whose proposal it is."""
    asked = op.get_bind().execute(sa.text("SELECT count(*) FROM proposals WHERE asks <> ''")).scalar_one()
    if asked:
        raise RuntimeError(f"{asked} proposals of schools would be lost")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE proposals DROP CONSTRAINT ck_proposals_approved_by_document")
    op.execute("ALTER TABLE proposals DROP COLUMN document_no")
    op.execute("ALTER TABLE proposals DROP COLUMN asks")
