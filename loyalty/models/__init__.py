from loyalty.models.ledger import LedgerEntry, Lot, LotUse, Wallet
from loyalty.models.reward import Correction, Redemption, Reward, StockMovement

__all__ = ["Correction", "LedgerEntry", "Lot", "LotUse", "Redemption", "Reward", "StockMovement", "Wallet"]
