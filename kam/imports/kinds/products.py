"""Products from a price list: created or updated by their code."""

from core.access import role_may
from core.search import search_key
from kam.imports.kinds.base import Context
from kam.imports.kinds.record_columns import PRODUCTS
from kam.imports.kinds.records import Draft, RecordImport, Wanted, typed
from sales.models import Product


class ProductImport(RecordImport):
    """See `RecordImport`. Products belong to the company: administrators bring them."""

    model = Product
    fields = PRODUCTS
    has_account = False
    key_column = "code"

    @staticmethod
    def may_use(user) -> bool:
        return role_may(user, "configuration.write")

    def object_key(self, values: dict, key: str) -> str:
        return values["code"]

    def find(self, wanted: list[Wanted], context: Context) -> None:
        rows = Product.objects.filter(code__in=[one.group.object_key for one in wanted])
        stored = {row.code: row for row in rows}
        for one in wanted:
            one.stored = stored.get(one.group.object_key)

    def draft(self, wanted: Wanted, context: Context) -> Draft:
        return Draft(typed(Product, wanted.values))

    def build(self, wanted: Wanted, draft: Draft, context: Context) -> Product:
        product = Product(**draft.values)
        product.name = product.name or product.code
        product.search_key = search_key(product.name, product.code)
        return product

    def derived(self, record: Product, changes: dict) -> dict:
        return {"search_key": search_key(changes["name"], record.code)} if "name" in changes else {}
