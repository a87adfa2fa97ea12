"""Pages of a list that know how many rows there are without asking twice."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from core.database import RowCount

LONGEST_NUMBER = 10
"""No list has pages that take so many digits, and databases count no further than 64 bits."""


class CountingPaginator(Paginator):
    """Reads the rows of a page and the number of all rows in one query; a page beyond the end asks as usual."""

    def get_page(self, number) -> Page:
        first = (int(number) - 1) * self.per_page if len(number) < LONGEST_NUMBER else -1
        rows = list(self.counted_rows()[first : first + self.per_page]) if first >= 0 else []
        if not rows:
            return super().get_page(number)
        self.count = rows[0].rows_in_all
        return Page(rows, int(number), self)

    def counted_rows(self) -> QuerySet:
        rows = self.object_list
        return rows.annotate(rows_in_all=RowCount(rows.order_by().values("pk")))
