from loyalty.models.ledger import LedgerEntry, Lot, LotUse, Wallet

__all__ = ["LedgerEntry", "Lot", "LotUse", "Wallet"]
