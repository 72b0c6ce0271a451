"""The shelf of presets: which column of a known file means what. Verb: ``mapping``.

``mapping(columns)`` gives source → target for a file with those columns, or None where the file is
another's. ``Params`` tells what such files mean where nobody says otherwise. Two verbs more, where
needed: ``spaced(line)`` knows a text with spaces between its cells by its first line, and
``prepare(table, path)`` changes or adds columns before they are read.
"""

from vafa.core.shelf import Shelf
from vafa.know.importers import cdnow_text, complete_journey, generic, uci_online_retail

IMPORTERS = Shelf("importers", "mapping", complete_journey, uci_online_retail, cdnow_text, generic)
