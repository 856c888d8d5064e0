"""Says what texts mean, as vectors, by a sentence model in a folder that runs on this machine.

`onnxruntime` and `tokenizers` are optional, so they are imported when a model is opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]

WEIGHTS = ("model.onnx", "onnx/model.onnx")
TOKENIZER = "tokenizer.json"
MOST_TOKENS = 256
MOST_TOKENS_OF_QUERY = 128
LONGEST_TEXT = 4000  # characters: more than MOST_TOKENS words have
LEAST_LENGTH = 1e-12
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
            self.width = len(self.embed_query("a text"))
        except Exception as error:  # each of the two libraries has its own for a damaged file
            raise UnusableModel(f"The model in {folder} can't be run: {error}") from error
        self.digest = _digest_of(weights, folder / TOKENIZER)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A vector of length 1 for each text, in their order.

        One text at a time: on one thread, several at once take no less time, and twice the memory.
        """
        vectors = np.zeros((len(texts), self.width), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[:] = self._run(self._of_guides.encode(text[:LONGEST_TEXT]))
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """The vector of what somebody searches for, of which the beginning counts: it is waited for."""
        return self._run(self._of_queries.encode(text[:LONGEST_TEXT]))

    def _run(self, encoded: Any) -> Vectors:
        """The mean over the tokens of a text, with length 1."""
        ids = np.array([encoded.ids], np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        tokens = self._session.run(None, {name: given[name] for name in self._inputs})[0][0]
        mean: Vectors = tokens.astype(np.float32).mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), LEAST_LENGTH)


def _tokenizer(kind: Any, folder: Path, most_tokens: int) -> Any:
    """Cuts texts after so many tokens and fills none up, whatever its file asks for."""
    tokenizer = kind.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(most_tokens)
    tokenizer.no_padding()
    return tokenizer


def _options(onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    options.enable_cpu_mem_arena = False  # what a long text took would be kept for good
    options.log_severity_level = 3  # its warnings are about graphs, and say nothing to an operator
    return options


def _digest_of(*files: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(READ_AT_ONCE):
                digest.update(block)
    return digest.hexdigest()
