"""The shelf of channels. Verb: ``send``. Until one is connected everything goes into a folder."""

from vafa.core.shelf import Shelf
from vafa.engage.channels import file_outbox

CHANNELS = Shelf("channels", "send", file_outbox)
