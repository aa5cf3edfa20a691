"""Saved answers: look at one, take its references along, say what you think of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.deps import UsesBackend
from api.openapi import problems
from api.wire.answers import EXPORTS, ExportFormat, FeedbackIn, FeedbackOut, SavedOut
from rag.export import FORMATS, export

router = APIRouter(prefix="/v1/answers", tags=["answers"])

AnswerId = Annotated[
    str, Path(min_length=1, max_length=200, description="`id` of an answer that was given here.")
]


@router.get("/{answer_id}", summary="Look at a saved answer", responses=problems(404, 422, 503, 504))
async def get_answer(answer_id: AnswerId, backend: UsesBackend) -> SavedOut:
    """The body as it was sent, with a receipt: what was asked, over which papers, by which models and code.

    Answers are kept as long as the server's retention says; where it keeps none, this is always a 404.
    """
    return SavedOut.of_saved(await backend.call(lambda service: service.saved_answer(answer_id)))


@router.get(
    "/{answer_id}/export",
    summary="Take an answer's references along",
    response_class=Response,
    responses={200: EXPORTS, **problems(404, 422, 503, 504)},
)
async def export_answer(
    answer_id: AnswerId,
    backend: UsesBackend,
    format: Annotated[ExportFormat, Query()],  # noqa: A002  # the parameter's name
) -> Response:
    """The cited papers with the words quoted of them, for a reference manager; or the answer as Markdown."""
    kind = FORMATS[format]

    saved = await backend.call(lambda service: service.saved_answer(answer_id))
    return Response(
        export(saved.answer, format),
        media_type=kind.media_type,
        headers={"Content-Disposition": f'attachment; filename="citewell-{saved.answer.id}.{kind.suffix}"'},
    )


@router.post(
    "/{answer_id}/feedback",
    summary="Say what you think of an answer",
    status_code=201,
    responses=problems(404, 413, 422, 503, 504),
)
async def rate_answer(answer_id: AnswerId, given: FeedbackIn, backend: UsesBackend) -> FeedbackOut:
    """Up or down, for the whole answer or one of its citations. It is kept as long as its answer."""
    return FeedbackOut.of(
        await backend.call(
            lambda service: service.rate(
                answer_id, given.rating, citation=given.citation, comment=given.comment
            )
        )
    )
