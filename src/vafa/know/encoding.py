"""Columns as unique texts and codes: every text is read once, however often it stands in the file."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vafa.core.errors import BadFile
from vafa.core.identity import plain_digits
from vafa.core.words import gettext_noop as _
from vafa.know.opening import number_text

HUGE = 32 * 1024  # bytes of one cell

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]


class Encoded(NamedTuple):
    """A column: ``texts[codes[i]]`` is the cell of row i; code −1 is blank."""

    texts: pa.Array
    codes: Ints

    def taken(self) -> pa.Array:
        """The cells, one a row; blank ones null."""
        return pc.take(self.texts, pa.array(self.codes, mask=self.codes < 0))

    def spread(self, values: NDArray[Any], blank: Any = 0) -> NDArray[Any]:
        """One value a row from one value a unique text."""
        if len(values) == 0:
            return np.full(len(self.codes), blank, dtype=values.dtype)
        return np.where(self.codes < 0, blank, values[self.codes])


def encode(column: pa.ChunkedArray, name: str, *, identifier: bool = False) -> Encoded:
    """``column`` as text without blanks around; ``identifier``: with digits 0–9 whatever the script."""
    texts = _as_text(column, name)
    if isinstance(texts, pa.DictionaryArray):
        parts = texts
    else:
        parts = texts.dictionary_encode()
    codes = np.asarray(pc.fill_null(parts.indices, -1)).astype(np.int64)
    plain = pc.utf8_trim_whitespace(parts.dictionary)
    if identifier and not pc.all(pc.string_is_ascii(plain), min_count=0).as_py():
        plain = pa.array([plain_digits(text) for text in plain.to_pylist()], pa.string())
    blank = np.asarray(pc.equal(plain, ""))
    if blank.any() or not plain.equals(parts.dictionary):
        again = plain.dictionary_encode()
        renamed = np.asarray(again.indices).astype(np.int64)
        renamed[blank] = -1
        codes = np.where(codes < 0, -1, renamed[codes]) if len(renamed) else codes
        plain = again.dictionary
    return Encoded(plain, codes)


def _as_text(column: pa.ChunkedArray, name: str) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # what no single array holds
        array = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in array.chunks])
    if pa.types.is_floating(kind):
        parts = array.dictionary_encode()
        texts = [None if x is None or x != x else number_text(x) for x in parts.dictionary.to_pylist()]
        return pa.DictionaryArray.from_arrays(parts.indices, pa.array(texts, pa.string())).cast(pa.string())
    try:
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadFile(
            "bad_column",
            _("The column “%(column)s” holds neither texts nor numbers."),
            _("Leave it out: --map %(column)s=ignore."),
            column=name,
        ) from None


def huge(column: Encoded) -> Mask:
    """Which unique texts are larger than a cell may be."""
    return np.asarray(pc.greater(pc.binary_length(column.texts), HUGE))
