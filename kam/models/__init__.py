from kam.models.imports import ImportBatch, ImportJob, ImportMapping
from kam.models.months import MonthBuild
from kam.models.run import Run, RunError, RunShard, RunStep, Sweep

__all__ = ["ImportBatch", "ImportJob", "ImportMapping", "MonthBuild", "Run", "RunError", "RunShard", "RunStep", "Sweep"]
