"""Which records others refer to: what must not vanish because somebody has put something on it."""

from collections.abc import Collection, Iterator

from django.db.models import Model, QuerySet


def used_elsewhere(model: type[Model], ids: Collection[int], *, own: frozenset[str]) -> set[int]:
    """The keys among ``ids`` that rows of other tables, or other rows of ``model``, point to.

    ``own`` names the tables ("app.Model") whose rows belong to the record and go with it.
    """
    used: set[int] = set()
    for rows, column in _referring_rows(model, own):
        referring = rows.filter(**{f"{column}__in": ids})
        if rows.model is model:
            referring = referring.exclude(pk__in=ids)
        used |= set(referring.values_list(column, flat=True))
    return used


def _referring_rows(model: type[Model], own: frozenset[str]) -> Iterator[tuple[QuerySet, str]]:
    for relation in model._meta.related_objects:
        if relation.many_to_many:
            through, column = relation.through, relation.field.m2m_reverse_field_name()
        else:
            through, column = relation.related_model, relation.field.name
        if through._meta.label not in own:
            yield through._base_manager.all(), through._meta.get_field(column).attname
