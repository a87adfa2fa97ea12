from kam.models.imports import ImportBatch, ImportJob
from kam.models.run import Run, RunError, RunShard, RunStep, Sweep

__all__ = ["ImportBatch", "ImportJob", "Run", "RunError", "RunShard", "RunStep", "Sweep"]
