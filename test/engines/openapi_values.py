"""For schemathesis (SCHEMATHESIS_HOOKS): what is valid beyond that which an OpenAPI document can say."""

from os import environ

import schemathesis
from hypothesis import strategies
from schemathesis.generation import GenerationMode

schemathesis.openapi.format("iana-time-zone", strategies.sampled_from(environ["TIME_ZONES"].split()))


@schemathesis.hook
def filter_case(_context, case):
    """A valid query orders before it says `desc`, ends after it begins, and has no cursor but one given for it."""
    query = case.query or {}
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return True
    in_order = str(query.get("since", ""))[:10] < str(query.get("until", "~"))[:10]
    return in_order and "cursor" not in query and not ("desc" in query and "sort" not in query)
