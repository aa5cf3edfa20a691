"""Every sentence of an answer against the papers' own sentences, whoever wrote it."""

from rag.answer.text.instructions import reads_as_instruction
from rag.answer.verify.attribute import AnswerChecker, Checked, Page, assemble, verify_answer
from rag.answer.verify.second import ModelCheck, SecondCheck
from rag.answer.verify.verifier import Judgement, Prepared, Support, Verifier

__all__ = [
    "AnswerChecker",
    "Checked",
    "Judgement",
    "ModelCheck",
    "Page",
    "Prepared",
    "SecondCheck",
    "Support",
    "Verifier",
    "assemble",
    "reads_as_instruction",
    "verify_answer",
]
