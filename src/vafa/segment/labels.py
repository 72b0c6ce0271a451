"""What the columns of a standing are called in plain words, and why someone has them."""

from __future__ import annotations

from vafa.core.words import gettext_noop as _

RUNG_NAMES = {
    "buyer": _("Buyer"),
    "client": _("Client"),
    "regular": _("Regular"),
    "adherent": _("Adherent"),
    "advocate": _("Advocate"),
}
RUNG_MEANS = {
    "buyer": _("has bought once"),
    "client": _("came back at least once"),
    "regular": _("4 days in 3 months or more"),
    "adherent": _("buys 80 % or more here"),
    "advocate": _("brings friends"),
}
ABC_MEANS = {
    "A": _("among those who bring 80 % of sales"),
    "B": _("among those who bring the next 15 %"),
    "C": _("among those who bring the last 5 %"),
}
XYZ_MEANS = {
    "X": _("steady each month"),
    "Y": _("changing from month to month"),
    "Z": _("irregular"),
    "N": _("too new to tell"),
}
CELL_NAMES = {
    "AX": _("Pillars"),
    "AY": _("Large, changing"),
    "AZ": _("Large, irregular"),
    "AN": _("Large and new"),
    "BX": _("Steady middle"),
    "BY": _("Middle, changing"),
    "BZ": _("Middle, irregular"),
    "BN": _("Middle and new"),
    "CX": _("Small and steady"),
    "CY": _("Small, changing"),
    "CZ": _("Occasional"),
    "CN": _("Small and new"),
}
TYPE_NAMES = {
    "loyal": _("Loyal"),
    "need_driven": _("Buys by need"),
    "wanderer": _("Wanderer"),
    "discount_hunter": _("Discount hunter"),
    "unclear": _("Not clear yet"),
}
TYPE_MEANS = {
    "loyal": _("often, in a rhythm, trusted things and others"),
    "need_driven": _("the same things again, by plan"),
    "wanderer": _("on a whim, always something else"),
    "discount_hunter": _("from the sale list, and waits for the next one"),
    "unclear": _("too few purchases to tell"),
}
TYPE_TREATMENTS = {
    "loyal": _("Show them what is new first, ask for their opinion, thank them."),
    "need_driven": _("Compare and advise, have what they need in stock; they can become loyal."),
    "wanderer": _("Put what is new and beautiful in their way; remind them of what they liked."),
    "discount_hunter": _("Limit discounts in time and number, so that full-price buyers don't feel cheated."),
    "unclear": _("Wait; welcome them well."),
}
WAY_NAMES = {
    "came": _("first bought in this span"),
    "back": _("came back after a span away"),
    "up": _("bought for as much as before, or more"),
    "down": _("bought for less than before"),
    "lost": _("bought before and not now"),
    "gone": _("bought in neither of the two"),
}
