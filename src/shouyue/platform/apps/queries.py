"""SQL in, values out."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from shouyue.ground.kit.types import SubjectId
from shouyue.ground.store.session import ReadSession, Session
from shouyue.platform.apps.tables import AccessChange, AccessVersion, AppRow, AppSecret
from shouyue.platform.apps.types import App, AppState, FreezeReason, Secret, SecretKind, SecretState

_CHANGES = 10_000


def by_appkey(db: ReadSession, appkey: str) -> AppRow | None:
    """Return the app with this public key."""
    return db.scalars(sa.select(AppRow).where(AppRow.appkey == appkey)).one_or_none()


def owned(db: ReadSession, owner: SubjectId, app_id: str) -> AppRow | None:
    """Return the app if this person registered it."""
    row = db.get(AppRow, app_id)
    return row if row is not None and row.owner == owner else None


def hold(db: Session, app_id: str) -> None:
    """Let nobody else change this app's secrets until the unit of work ends."""
    db.execute(sa.select(AppRow.id).where(AppRow.id == app_id).with_for_update())


def of_owner(db: ReadSession, owner: SubjectId) -> list[AppRow]:
    """Return a person's apps, oldest first."""
    chosen = sa.select(AppRow).where(AppRow.owner == owner).order_by(AppRow.created, AppRow.id)
    return list(db.scalars(chosen))


def everything(db: ReadSession) -> list[AppRow]:
    """Return all apps, newest first."""
    return list(db.scalars(sa.select(AppRow).order_by(AppRow.created.desc(), AppRow.id.desc())))


def frozen(db: ReadSession, most: int) -> list[AppRow]:
    """Return apps that staff froze, the newest first."""
    chosen = sa.select(AppRow).where(AppRow.frozen.is_not(None)).order_by(AppRow.id.desc())
    return list(db.scalars(chosen.limit(most)))


def take_turn(db: Session, enterprise: str) -> None:
    """Let nobody else register an app of this enterprise until the unit of work ends."""
    if db.connection().dialect.name == "postgresql":  # elsewhere one writer works at a time
        mark = sa.func.hashtextextended(enterprise, 0)
        db.execute(sa.select(sa.func.pg_advisory_xact_lock(mark)))


def count_of_enterprise(db: ReadSession, enterprise: str) -> int:
    """Return how many apps an enterprise has."""
    chosen = sa.select(sa.func.count()).where(AppRow.enterprise == enterprise)
    return db.scalars(chosen).one()


def secrets(db: ReadSession, app: str, kind: SecretKind | None = None) -> list[AppSecret]:
    """Return the secrets of an app that have not ended, the newest first."""
    chosen = sa.select(AppSecret).where(AppSecret.app == app, AppSecret.state != SecretState.ENDED)
    if kind is not None:
        chosen = chosen.where(AppSecret.kind == kind)
    return list(db.scalars(_newest(chosen)))


def every_secret(db: ReadSession, app: str) -> list[AppSecret]:
    """Return the secrets of an app, those that ended too, the newest first."""
    return list(db.scalars(_newest(sa.select(AppSecret).where(AppSecret.app == app))))


def _newest(chosen: sa.Select[AppSecret]) -> sa.Select[AppSecret]:
    return chosen.order_by(AppSecret.created.desc(), AppSecret.id.desc())


def app(row: AppRow, secrets_: list[AppSecret]) -> App:
    """Return the row as a value."""
    return App(
        id=row.id,
        appkey=row.appkey,
        owner=SubjectId(row.owner),
        enterprise=row.enterprise,
        title=row.title,
        description=row.description,
        state=AppState(row.state),
        callback=row.callback,
        scopes=tuple(row.scopes),
        created=row.created,
        secrets=tuple(map(_secret, secrets_)),
        networks=tuple(row.networks),
        frozen=FreezeReason(row.frozen) if row.frozen else None,
    )


def _secret(row: AppSecret) -> Secret:
    return Secret(
        row.id,
        SecretKind(row.kind),
        row.last4,
        SecretState(row.state),
        row.paused,
        row.created,
        row.last_used,
        row.until,
    )


def used(db: Session, secret_id: str, at: datetime) -> None:
    """Write down when a secret was used last; an older moment changes nothing."""
    older = sa.or_(AppSecret.last_used.is_(None), AppSecret.last_used < at)
    chosen = sa.update(AppSecret).where(AppSecret.id == secret_id, older)
    db.execute(chosen.values(last_used=at), execution_options={"synchronize_session": False})


def version(db: ReadSession) -> int:
    """Return the number that moves when access changes."""
    return db.scalars(sa.select(AccessVersion.number)).one_or_none() or 0


def changed_apps(db: ReadSession, since: int, until: int) -> list[str] | None:
    """Return the apps of the moves in (since, until], or None where some are kept no more."""
    if not 0 <= until - since <= _CHANGES:
        return None
    between = (AccessChange.number > since, AccessChange.number <= until)
    apps = list(db.scalars(sa.select(AccessChange.app).where(*between)))
    return apps if len(apps) == until - since else None


def appkeys(db: ReadSession, apps: Sequence[str] | None) -> list[str]:
    """Return the public keys of these apps, or of all."""
    chosen = sa.select(AppRow.appkey)
    if apps is not None:
        chosen = chosen.where(AppRow.id.in_(sorted(set(apps))))
    return list(db.scalars(chosen)) if apps or apps is None else []


def move_version(db: Session, app_id: str) -> None:
    """Move the number on for this app. Whoever moves it next waits: numbers commit in order."""
    number = db.scalars(
        sa.text(
            "INSERT INTO access_version (id, number) VALUES (1, 1) "
            "ON CONFLICT (id) DO UPDATE SET number = access_version.number + 1 RETURNING number"
        )
    ).one()
    new = sa.text(
        "INSERT INTO access_change (number, app) VALUES (:number, :app) "
        "ON CONFLICT (number) DO UPDATE SET app = excluded.app"
    )
    db.execute(new, {"number": number, "app": app_id})
    old = sa.delete(AccessChange).where(AccessChange.number <= number - _CHANGES)
    db.execute(old, execution_options={"synchronize_session": False})


def destroy_secrets(db: Session, app_id: str) -> int:
    """Delete every secret of an app, ended ones too; return how many went."""
    gone = sa.delete(AppSecret).where(AppSecret.app == app_id).returning(AppSecret.id)
    return len(db.scalars(gone).all())
