from __future__ import annotations

import pytest

from rag.index.spelling import american
from rag.index.words import Words

PAIRS = """
tumour tumor, antitumour antitumor, tumours tumors, behavioural behavioral, neighbourhood neighborhood,
optimisation optimization, randomised randomized, tokeniser tokenizer, generalise generalize,
characterising characterizing, regularisation regularization, analysed analyzed, hydrolysing hydrolyzing,
leukaemia leukemia, haematopoietic hematopoietic, ischaemic ischemic, hypoglycaemia hypoglycemia,
oedema edema, oestrogen estrogen, oesophageal esophageal, paediatric pediatric, orthopaedic orthopedic,
foetal fetal, diarrhoea diarrhea, dyspnoea dyspnea, gynaecology gynecology, anaesthesia anesthesia,
caesarean cesarean, faecal fecal, aetiology etiology, coeliac celiac, homoeostasis homeostasis,
sulphate sulfate, centre center, multicentre multicenter, centred centered, fibres fibers,
kilometres kilometers, signalling signaling, remodelling remodeling, unlabelled unlabeled,
programmes programs, ageing aging, artefacts artifacts, analogues analogs, grey gray
"""


@pytest.mark.parametrize("pair", PAIRS.split(","), ids=str.strip)
def test_either_spelling_gives_the_same_terms(pair: str) -> None:
    british, us = pair.split()
    assert american(us) == us
    assert Words().terms(british) == Words().terms(us)


ALIKE = """
exercise promising precise supervised self revised devise otherwise stepwise noise denoising raised arises
comprised franchise surprise expertise controlled called enrolled swelling four hours our contour analyses
angioedema disease paradise tortoise liaise were there acres model paella aerial poem
"""


@pytest.mark.parametrize("word", ALIKE.split())
def test_what_both_spell_alike_stays(word: str) -> None:
    assert american(word) == word
