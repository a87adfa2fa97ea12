"""The statements of the ledger.

`UPDATE` changes the balances of a wallet under the condition that none falls below zero, `INSERT` tells of it, `TAKE`
and `SETTLE` bring the lots to it. `BRING_IN`, `TAKE_OUT` and `LEAVE_LOTS` do all of it in one statement, for a database
that can change several tables at once.

Such a statement sees the lots as they were when it began, and may then wait for the wallet. `TAKE_OUT` therefore moves
nothing when the wallet has gained an entry since: every movement of a lot has one, so with the same number of entries
the lots it saw are those of now.
"""

MOVED = ["id", "entry_count", "available_points", "owed_points"]
SET = """
UPDATE loyalty_wallet SET
  available_points = CASE WHEN available_points - owed_points + %(points)s > 0
    THEN available_points - owed_points + %(points)s ELSE 0 END,
  owed_points = CASE WHEN available_points - owed_points + %(points)s < 0
    THEN owed_points - available_points - %(points)s ELSE 0 END,
  pending_points = pending_points + %(pending)s,
  held_points = held_points + %(held)s,
  qualifying_points = qualifying_points + %(qualifying)s,
  entry_count = entry_count + 1
"""
HOLDS = """
  (%(is_free)s OR available_points - owed_points + %(points)s >= 0)
  AND pending_points + %(pending)s >= 0 AND held_points + %(held)s >= 0 AND qualifying_points + %(qualifying)s >= 0
RETURNING id, entry_count, available_points, owed_points
"""
UPDATE = f"{SET} WHERE id = %(wallet)s AND {HOLDS}"
# Of available and owed one is always 0, so both before the update follow from both after it.
BEFORE = "(available_points - owed_points - %(points)s)"
INSERT = f"""
INSERT INTO loyalty_ledgerentry (wallet_id, number, kind, happened_on, available_points, owed_points, pending_points,
  held_points, qualifying_points, available_after, source_key, idempotency_key, order_id, reason, rule_number,
  recorded_at, recorded_by_id)
SELECT id, entry_count, %(kind)s, %(happened_on)s,
  available_points - CASE WHEN {BEFORE} > 0 THEN {BEFORE} ELSE 0 END,
  owed_points - CASE WHEN {BEFORE} < 0 THEN -{BEFORE} ELSE 0 END,
  %(pending)s, %(held)s, %(qualifying)s, available_points, %(source_key)s, %(idempotency_key)s, %(order_id)s,
  %(reason)s, %(rule_number)s, %(recorded_at)s, %(recorded_by_id)s
FROM moved
RETURNING id, available_points
"""  # noqa: S608
LOTS = """
  SELECT id, left_points, SUM(left_points) OVER (
    ORDER BY CASE WHEN id = %(from_lot)s THEN 0 ELSE 1 END, CASE WHEN expires_on IS NULL THEN 1 ELSE 0 END,
      expires_on, id
    ROWS UNBOUNDED PRECEDING) AS reached
  FROM loyalty_lot
  WHERE wallet_id = %(wallet)s AND left_points > 0
    AND (%(last_day)s IS NULL OR expires_on <= %(last_day)s)
"""
TAKE = f"""
INSERT INTO loyalty_lotuse (entry_id, lot_id, points)
SELECT %(entry)s, id, -CASE WHEN reached <= %(wanted)s THEN left_points ELSE %(wanted)s - reached + left_points END
FROM ({LOTS}) lots
WHERE reached - left_points < %(wanted)s
"""  # noqa: S608
SETTLE = """
UPDATE loyalty_lot SET left_points = left_points + taken.points
FROM loyalty_lotuse taken WHERE taken.entry_id = %(entry)s AND taken.lot_id = loyalty_lot.id
"""

LEAVE_LOTS = f"WITH moved AS ({UPDATE}) {INSERT}"
BRING_IN = f"""
WITH moved AS ({UPDATE}), entry AS ({INSERT}), lot AS (
  INSERT INTO loyalty_lot (wallet_id, entry_id, points, left_points, expires_on)
  SELECT %(wallet)s, entry.id, %(points)s, entry.available_points, %(expires_on)s FROM entry RETURNING id
), paid AS (
  INSERT INTO loyalty_lotuse (entry_id, lot_id, points)
  SELECT entry.id, lot.id, entry.available_points - %(points)s FROM entry, lot WHERE entry.available_points < %(points)s
)
SELECT id, available_points FROM entry
"""  # noqa: S608
TAKE_OUT = f"""
WITH seen AS MATERIALIZED (SELECT id AS seen_id, entry_count AS seen_count FROM loyalty_wallet WHERE id = %(wallet)s),
lots AS MATERIALIZED ({LOTS}),
moved AS ({SET} FROM seen WHERE id = seen_id AND entry_count = seen_count AND {HOLDS}),
entry AS ({INSERT}), taken AS (
  INSERT INTO loyalty_lotuse (entry_id, lot_id, points)
  SELECT entry.id, lots.id, -CASE WHEN reached <= -entry.available_points THEN left_points
    ELSE left_points - reached - entry.available_points END
  FROM entry, lots WHERE reached - left_points < -entry.available_points RETURNING lot_id, points
), settled AS (
  UPDATE loyalty_lot SET left_points = left_points + taken.points FROM taken WHERE loyalty_lot.id = taken.lot_id
)
SELECT id, available_points FROM entry
"""  # noqa: S608

AT_ONCE = {"bring_in": BRING_IN, "take_out": TAKE_OUT, "leave_lots": LEAVE_LOTS}
NUMBERS = ("points", "pending", "held", "qualifying", "wallet", "from_lot", "order_id", "rule_number", "recorded_by_id")
TEXTS = ("kind", "source_key", "idempotency_key", "reason")
DAYS = ("happened_on", "expires_on", "last_day")
TYPES = (
    *((name, "bigint") for name in NUMBERS),
    *((name, "text") for name in TEXTS),
    *((name, "date") for name in DAYS),
    ("is_free", "boolean"),
    ("recorded_at", "timestamptz"),
)
