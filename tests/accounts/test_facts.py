import pytest

from core import sheets
from tests import factories


@pytest.mark.django_db
def test_shards_leave_out_gaps_in_the_ids():
    for pk in (3, 7, 70_000):
        factories.AccountFactory(pk=pk)
    assert sheets.shard_numbers(5) == [0, 1, 14_000]
    assert sheets.shard_numbers(100_000) == [0]
