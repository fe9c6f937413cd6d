"""INV-53 on PostgreSQL: who writes business data can neither delete evidence nor lift the guard."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store import migrate
from shouyue.ground.store.service import open_engine
from shouyue.privacy.ledger import service as ledger
from shouyue.privacy.ledger import walk, witnessing
from shouyue.privacy.ledger.tables import GROWING
from shouyue.privacy.ledger.types import Fact
from tests.house import House, open_house
from tests.people import sign_up

pytestmark = pytest.mark.parametrize("database", ["postgres"], indirect=True)
ANN = SubjectId("01ARZ3NDEKTSV4RRFFQ69G5FAV")


@pytest.fixture
def humble(database: str) -> Iterator[str]:
    """The address of the database for the role alone."""
    role = f"{sa.make_url(database).database}_runs"  # roles are the server's, not the database's
    owner = open_engine(database)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role}")
    migrate.admit(database, role, GROWING)
    url = sa.make_url(database).update_query_dict({"options": f"-c role={role}"})
    yield url.render_as_string(hide_password=False)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")
    owner.dispose()


@pytest.fixture
def admitted(humble: str) -> Iterator[House]:
    """A house whose every connection has the role's rights alone."""
    with open_house(humble) as opened:
        yield opened


def test_a_start_under_it_finds_nothing_to_migrate(humble: str) -> None:
    migrate.upgrade(humble)
    assert not migrate.pending(humble)


def test_the_house_works_under_it(admitted: House) -> None:
    with admitted.store.begin() as db:
        subject = sign_up(db).subject
        ledger.integrate(db)
        ledger.blind(db, subject)
        witnessing.forked(db, "w", 9, 1)
        assert witnessing.acknowledge(db)
        assert ledger.integrate(db)
    with admitted.store.read() as db:
        assert list(walk.check(db)) == []


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM ledger_line",
        "TRUNCATE ledger_leaf",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_node SET place = 7",
        "UPDATE ledger_line SET kind = 'x'",
        "UPDATE ledger_fork SET theirs = 1",
        "ALTER TABLE ledger_leaf DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_leaf_delete ON ledger_leaf",
        "DROP TABLE ledger_leaf",
        "SET session_replication_role = replica",
        "DELETE FROM alembic_version",
    ],
)
def test_it_may_not(admitted: House, deed: str) -> None:
    with admitted.store.begin() as db:
        ledger.append(db, Fact("account.registered", ANN, {}))
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), db.begin_nested():
            db.execute(sa.text(deed))


def test_the_triggers_forbid_what_the_rights_do(admitted: House) -> None:
    with admitted.store.begin() as db:
        guarded = db.scalars(sa.text("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"))
        assert {*GROWING, "ledger_leaf"} <= set(guarded)
