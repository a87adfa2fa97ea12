"""Limits of an import and where they come from."""

UNPACKED_MAX_BYTES = 1024 * 1024 * 1024  # of a packed CSV: no bomb, yet room for ten million lines
XLSX_MAX_BYTES = 200 * 1024 * 1024  # unpacked (requirement R26)
XLSX_MAX_ENTRIES = 2_000  # files inside the archive (R26)
XLSX_MAX_CELLS = 8_000_000  # the reader keeps a dense grid of 24 to 32 bytes a cell in memory
XLSX_MAX_MEMORY = 1536 * 1024 * 1024  # of the process that reads a workbook: one text may stand in millions of cells
XLSX_SECONDS = 120  # to read a workbook; 525,000 lines of 8 cells take 25 on a busy machine
MAX_COLUMNS = 200  # R26
MAX_ROWS = 5_000_000
CELL_MAX_CHARACTERS = 32_767  # what a spreadsheet cell can hold

SAMPLE_ROWS = 1_000  # rows that the column guess reads
SHOWN_SAMPLES = 4  # values shown per column on the mapping page
SAMPLE_CHARACTERS = 60
CONFIDENT_FROM = 0.75  # a guess below it is marked for a second look

BATCH_LINES = 2_000  # lines of the first batch; later batches adapt to the time the lock was held
BATCH_MAX_LINES = 5_000
LOCK_SECONDS = 0.2  # aim for the time one batch holds the write lock
GAP_SHARE = 0.5  # pause after a batch, as a share of the time its lock was held: others write meanwhile
GAP_MIN_SECONDS = 0.02

ATTEMPTS_MAX = 5  # a file that kills its worker as often is undone
WORK_SECONDS = 1_200  # below the soft time limit of a task; then the work is handed to the next task

PREVIEW_ROWS = 10
EXAMPLES_PER_REASON = 5
DISCREPANCY_AMOUNT = "0.01"  # amount against price × quantity × (1 − discount), definitions

KEPT_DAYS = 90  # files after the end of an import: far longer than it can be undone, or its rejected rows matter
STRAY_SECONDS = 24 * 3600  # a folder without an import is left alone for so long: its upload may still run
