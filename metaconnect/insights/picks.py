"""
Columns with one number out of an action list.

Meta reports one sale under several action types (`purchase`, `omni_purchase`,
`offsite_conversion.fb_pixel_purchase`, …), so that a list is never summed: a
column takes one type of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from ..constants import FieldKind
from .fields import FIELDS

ROAS: Final = "roas"

# The first type that a row has counts. `omni_` and the short names cover the
# website, apps and shops; the others each cover a part.
# https://developers.facebook.com/docs/marketing-api/reference/ads-action-stats
PURCHASE: Final = (
    "omni_purchase",
    "purchase",
    "offsite_conversion.fb_pixel_purchase",
    "onsite_web_purchase",
    "onsite_web_app_purchase",
    "app_custom_event.fb_mobile_purchase",
    "offline_conversion.purchase",
)
LEAD: Final = (
    "lead",
    "onsite_conversion.lead_grouped",
    "offsite_conversion.fb_pixel_lead",
    "onsite_web_lead",
    "leadgen.other",
)
LINK_CLICK: Final = ("link_click",)
LANDING_PAGE_VIEW: Final = ("landing_page_view", "omni_landing_page_view")

# A window is the last part of a pick; an action type may hold colons itself.
_WINDOW = re.compile(
    r"(?:1|7|28)d_(?:click|view|ev|sequenced|passback)(?:_(?:all|first)_conversions?)?"
    r"|(?:skan|incrementality)(?:_[a-z_]+)?|custom|dda|default|inline"
)

# As in AdsInsights of Meta's SDK, facebook-business 26.
ATTRIBUTION_WINDOWS: Final = tuple(
    """
    1d_view 7d_view 28d_view 1d_click 7d_click 28d_click 1d_ev dda default custom
    1d_sequenced 28d_sequenced 7d_sequenced 7d_view_first_conversion
    28d_view_first_conversion 7d_view_all_conversions 28d_view_all_conversions
    incrementality incrementality_all_conversions incrementality_first_conversion
    skan_view skan_click skan_view_second_postback skan_click_second_postback
    skan_view_third_postback skan_click_third_postback
    """.split()  # noqa: SIM905 - a list of words
)


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """
    One number of an action list: *source* is Meta's field.

    The first of *types* that a row has counts; with `or_first`, where it has
    none of them, its first entry. *window* is "value" for the attribution that
    the ad sets have.
    """

    source: str
    types: tuple[str, ...]
    window: str = "value"
    or_first: bool = False

    @property
    def kind(self) -> FieldKind:
        """Return what the number is: a count, money, a cost or a ratio."""
        return FIELDS[self.source].of_one


PLAIN: Final[Mapping[str, Pick]] = MappingProxyType(
    {
        "purchases": Pick(source="actions", types=PURCHASE),
        "purchase_value": Pick(source="action_values", types=PURCHASE),
        "cost_per_purchase": Pick(source="cost_per_action_type", types=PURCHASE),
        ROAS: Pick(source="purchase_roas", types=PURCHASE, or_first=True),
        "leads": Pick(source="actions", types=LEAD),
        "cost_per_lead": Pick(source="cost_per_action_type", types=LEAD),
        "link_clicks": Pick(source="actions", types=LINK_CLICK),
        "landing_page_views": Pick(source="actions", types=LANDING_PAGE_VIEW),
    }
)


def pick_of(name: str) -> Pick | None:
    """Return what the column *name* takes: a plain name, FIELD:TYPE[:WINDOW]."""
    if name in PLAIN:
        return PLAIN[name]
    source, colon, action_type = name.partition(":")
    kind = FIELDS.get(source)
    if not colon or not action_type or not kind or not kind.is_actions:
        return None
    rest, colon, window = action_type.rpartition(":")
    if colon and rest and is_window(window):
        return Pick(source=source, types=(rest,), window=window)
    return Pick(source=source, types=(action_type,))


def is_window(text: str) -> bool:
    """Return whether *text* is one of Meta's attribution windows."""
    return _WINDOW.fullmatch(text) is not None
