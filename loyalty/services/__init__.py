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
    approve_redemption,
    cancel_redemption,
    checks_of,
    fulfil_redemption,
    reject_redemption,
    request_redemption,
)

__all__ = [
    "CorrectionError",
    "NotEnoughPointsError",
    "PointsError",
    "RedemptionRefusedError",
    "SamePersonError",
    "SourceKeyReusedError",
    "StaleRedemptionError",
    "approve_redemption",
    "award_order_points",
    "cancel_redemption",
    "checks_of",
    "confirm_correction",
    "expire_points",
    "fulfil_redemption",
    "propose_correction",
    "reject_correction",
    "reject_redemption",
    "request_redemption",
]
