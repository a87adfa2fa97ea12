from loyalty.services.catalogue import StockError, create_reward, move_stock, offer_reward, update_reward
from loyalty.services.correction import (
    CorrectionError,
    SamePersonError,
    confirm_correction,
    propose_correction,
    reject_correction,
)
from loyalty.services.expiry import expire_points
from loyalty.services.ledger import NotEnoughPointsError, PointsError, SourceKeyReusedError
from loyalty.services.orders import award_order_points
from loyalty.services.redemption import (
    RedemptionRefusedError,
    StaleRedemptionError,
    WishKeyReusedError,
    approve_redemption,
    cancel_redemption,
    fulfil_redemption,
    reject_redemption,
    reopen_redemption,
    request_redemption,
)
from loyalty.services.throttle import TooManyTriesError

__all__ = [
    "CorrectionError",
    "NotEnoughPointsError",
    "PointsError",
    "RedemptionRefusedError",
    "SamePersonError",
    "SourceKeyReusedError",
    "StaleRedemptionError",
    "StockError",
    "TooManyTriesError",
    "WishKeyReusedError",
    "approve_redemption",
    "award_order_points",
    "cancel_redemption",
    "confirm_correction",
    "create_reward",
    "expire_points",
    "fulfil_redemption",
    "move_stock",
    "offer_reward",
    "propose_correction",
    "reject_correction",
    "reject_redemption",
    "reopen_redemption",
    "request_redemption",
    "update_reward",
]
