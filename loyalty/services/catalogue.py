"""The catalogue of rewards, and what is in stock of each."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core import audit
from core.editing import save_changes
from loyalty.choices import StockKind
from loyalty.models import Redemption, Reward, StockMovement
from loyalty.services.ledger import PointsError


class StockError(PointsError):
    """More would leave the stock than is in it."""

    message = _("There are not that many in stock.")


@transaction.atomic
def create_reward(*, by, stock: int | None = None, **values: Any) -> Reward:
    """A new reward; with ``stock`` (None: without limit) that many are noted as received."""
    reward = Reward.objects.create(**values, stock=None if stock is None else 0)
    if stock:
        move_stock(reward=reward, kind=StockKind.RECEIVED, quantity=stock, by=by)
    audit.record(by, "reward.created", reward)
    return reward


@transaction.atomic
def update_reward(*, reward: Reward, version: int, changes: dict[str, Any], by) -> Reward:
    """Change what the catalogue says; wishes that are under way keep their points. Raises core.editing.StaleError."""
    if changes:
        save_changes(reward, version=version, changes=changes)
        audit.record(by, "reward.updated", reward, fields=sorted(changes))
    return reward


@transaction.atomic
def offer_reward(*, reward: Reward, is_active: bool, by) -> Reward:
    """Take a reward off the catalogue, or put it back; wishes that are under way go on."""
    Reward.objects.filter(pk=reward.pk).update(is_active=is_active, version=F("version") + 1)
    audit.record(by, "reward.restored" if is_active else "reward.archived", reward)
    reward.refresh_from_db()
    return reward


@transaction.atomic
def move_stock(
    *, reward: Reward, kind: str, quantity: int, by, reason: str = "", redemption: Redemption | None = None
) -> StockMovement:
    """Add ``quantity`` (take it away when negative); counting begins with the first one. Raises StockError."""
    stock = Coalesce("stock", 0)
    enough = Reward.objects.annotate(had=stock).filter(pk=reward.pk, had__gte=-quantity)
    if not enough.update(stock=stock + quantity):
        raise StockError
    reward.refresh_from_db(fields=["stock"])
    return StockMovement.objects.create(
        reward=reward,
        kind=kind,
        quantity=quantity,
        stock_after=reward.stock,
        redemption=redemption,
        reason=reason,
        moved_by=by,
    )
