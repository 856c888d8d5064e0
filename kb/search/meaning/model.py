"""Runs a sentence model of a folder (`model.onnx`, `tokenizer.json`) on this machine: texts in, vectors out.

`onnxruntime`, `tokenizers` and `numpy` are optional, so they are imported when a model is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

WEIGHTS = ("model.onnx", "onnx/model.onnx")
TOKENIZER = "tokenizer.json"
MOST_TOKENS = 256
MOST_TOKENS_OF_QUERY = 128
LONGEST_TEXT = 4000  # characters: more than MOST_TOKENS words have
BATCH = 8
THREADS = 1  # a server has other work for the rest
READ_AT_ONCE = 1 << 20


class UnusableModel(Exception):  # noqa: N818  # a state, said in its own words
    """The folder has no model that can be run here; the message says what is missing."""


class SentenceModel:
    """A model that is open; `digest` names its files, `width` is how many numbers a vector has."""

    def __init__(self, folder: Path) -> None:
        """Open the model of a folder and try it on a text; raises UnusableModel."""
        weights = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
        if weights is None or not (folder / TOKENIZER).is_file():
            raise UnusableModel(f"{folder} must hold model.onnx and tokenizer.json")
        try:
            import numpy  # noqa: F401, ICN001, PLC0415 - see above
            import onnxruntime  # noqa: PLC0415 - see above
            from tokenizers import Tokenizer  # noqa: PLC0415 - see above
        except ImportError as error:
            raise UnusableModel(
                f"{error.name} is not installed: run make setup MEANING=yes, or pip install -r requirements-meaning.txt"
            ) from None
        try:
            self._of_guides = _tokenizer(Tokenizer, folder, MOST_TOKENS)
            self._of_queries = _tokenizer(Tokenizer, folder, MOST_TOKENS_OF_QUERY)
            self._session: Any = onnxruntime.InferenceSession(
                str(weights), _options(onnxruntime), providers=["CPUExecutionProvider"]
            )
            self._inputs = {given.name for given in self._session.get_inputs()}
            self.width = int(self.embed(["a text"]).shape[1])
        except Exception as error:  # each of the two libraries has its own for a damaged file
            raise UnusableModel(f"The model in {folder} can't be run: {error}") from error
        self.digest = _digest_of(weights, folder / TOKENIZER)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A vector of length 1 for each text, in their order: the mean over its tokens."""
        import numpy as np  # noqa: PLC0415 - see above

        # Texts of like length go together: each of a batch costs what its longest does.
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        vectors: Vectors | None = None
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            made = self._run(self._of_guides.encode_batch([texts[number][:LONGEST_TEXT] for number in batch]))
            if vectors is None:
                vectors = np.zeros((len(texts), made.shape[1]), np.float32)
            vectors[batch] = made
        return np.zeros((0, self.width), np.float32) if vectors is None else vectors

    def embed_query(self, text: str) -> Vectors:
        """The vector of what somebody searches for, of which the beginning counts: it is waited for."""
        vector: Vectors = self._run(self._of_queries.encode_batch([text[:LONGEST_TEXT]]))[0]
        return vector

    def _run(self, encoded: list[Any]) -> Vectors:
        import numpy as np  # noqa: PLC0415 - see above

        mask = np.array([text.attention_mask for text in encoded], np.int64)
        given = {"input_ids": np.array([text.ids for text in encoded], np.int64), "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            given["token_type_ids"] = np.zeros_like(mask)
        tokens = self._session.run(None, given)[0].astype(np.float32)
        means = (tokens * mask[..., None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / np.maximum(lengths, 1e-12), np.float32)


def _tokenizer(kind: Any, folder: Path, most_tokens: int) -> Any:
    """This many tokens at most, and no more than the longest text of a batch has, whatever its file asks for."""
    tokenizer = kind.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(most_tokens)
    tokenizer.enable_padding()
    return tokenizer


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    options.enable_cpu_mem_arena = False  # what a batch of long texts took would be kept for good
    options.log_severity_level = 3  # its warnings are about graphs, and say nothing to an operator
    return options


def _digest_of(*files: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(READ_AT_ONCE):
                digest.update(block)
    return digest.hexdigest()
