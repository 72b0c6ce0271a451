"""The shelf of measures: what a purchase line counts for. Verb: ``measure``.

A measure is a pure expression that works on one line's integers and on whole columns alike.
"""

from vafa.core.shelf import Shelf
from vafa.reward.rules import amount, items, signup, visit

RULES = Shelf("rules", "measure", amount, items, signup, visit)
