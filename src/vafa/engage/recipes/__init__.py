"""The shelf of recipes: a reason to write, with sensible defaults. Verb: ``write``."""

from vafa.core.shelf import Shelf
from vafa.engage.recipes import birthday, thank_you

RECIPES = Shelf("recipes", "write", birthday, thank_you)
