"""Every error that the project raises on purpose, in one tree.

    AssistantError                    what the chat page and the terminal catch
    |-- ConfigurationError            a setting is wrong
    |   `-- MissingExtraError         an optional package is not installed
    |-- CorpusError                   a document cannot be read
    |   |-- DocumentError             one file: names the file and the line
    |   `-- ManifestError             the manifest of a documents folder
    |-- IndexingError                 the index cannot be built or used
    |   |-- IndexMissingError         nothing has been ingested yet
    |   |-- IndexLockedError          another process is ingesting
    |   |-- IndexMismatchError        built by another embedder
    |   |-- IndexCorruptError         a generation failed its verification, or its files are damaged
    |   `-- StorageError              the disk is full or not writable
    |-- ModelError                    a model's folder or file cannot be used
    |-- TrainingDataError             training data cannot be used
    |-- CaseError                     evaluation cases cannot be used
    |-- RunError                      the rows of an evaluation, or its baseline, cannot be used
    `-- QuestionError                 a question cannot be answered as it was sent
        |-- EmptyQuestionError
        |-- QuestionTooLongError
        `-- HistoryError              the conversation so far is not in the expected form

Every message says what happened, with the values, and then the remedy.
"""

from __future__ import annotations

from pathlib import Path


class AssistantError(Exception):
    """Base of the tree. `problem` says what happened, `remedy` what to do about it."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class ConfigurationError(AssistantError):
    """A setting has a value that cannot be used."""


class MissingExtraError(ConfigurationError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, *, extra: str) -> None:
        super().__init__(
            f"The package {package!r} is not installed.",
            remedy=f'Install the extra that brings it: pip install "soc-assistant[{extra}]".',
        )


class CorpusError(AssistantError):
    """Documents cannot be read."""


class DocumentError(CorpusError):
    """One document cannot be read. Names the file, the line where known, and the remedy."""

    def __init__(self, path: Path, problem: str, *, remedy: str, line: int | None = None) -> None:
        place = str(path) if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {problem}", remedy=remedy)
        self.path = path
        self.line = line


class ManifestError(CorpusError):
    """The manifest of a documents folder is missing, malformed, or does not match the files."""


class IndexingError(AssistantError):
    """The index cannot be built or used."""


class IndexMissingError(IndexingError):
    """There is no index yet."""


class IndexLockedError(IndexingError):
    """Another process is ingesting into the same folder."""


class IndexMismatchError(IndexingError):
    """The index was built by another embedder than the one in use."""


class IndexCorruptError(IndexingError):
    """A generation failed its verification, or its files are damaged."""


class StorageError(IndexingError):
    """The disk is full, or the index folder cannot be written."""


class ModelError(AssistantError):
    """A model's folder or file cannot be used."""


class TrainingDataError(AssistantError):
    """Training data cannot be used."""


class CaseError(AssistantError):
    """Evaluation cases cannot be used."""


class RunError(AssistantError):
    """The rows of an evaluation, or its baseline, cannot be used."""


class QuestionError(AssistantError):
    """A question cannot be answered as it was sent."""


class EmptyQuestionError(QuestionError):
    """The question has no letter or digit in it."""


class QuestionTooLongError(QuestionError):
    """The question is longer than the limit."""


class HistoryError(QuestionError):
    """The conversation so far is not a list of {"role", "content"} turns."""
