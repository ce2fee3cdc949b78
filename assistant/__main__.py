"""`python -m assistant`: ask one question, open the chat page, or list what its readers thought."""

from __future__ import annotations

import argparse
import sys

from assistant.answer import Assistant, open_writer
from assistant.feedback import Feedback
from assistant.records import Answer
from corpus.errors import AssistantError
from ingest.embedder import open_embedder
from ingest.settings import load_settings


def main(arguments: list[str] | None = None) -> int:
    """Parse, call, print. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m assistant", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question", help="the question, in Korean or English")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    chat = commands.add_parser("chat", help="open the chat page")
    chat.add_argument("--host", help="address to listen on (default: SOC_HOST)")
    chat.add_argument("--port", type=int, help="port to listen on (default: SOC_PORT)")
    commands.add_parser("feedback", help="print the judged answers of the chat page, one JSON object a line")
    options = parser.parse_args(arguments)
    try:
        if options.command == "ask":
            found = Assistant.open().answer(options.question)
            print(found.model_dump_json(indent=2) if options.json else describe(found))
        elif options.command == "feedback":
            for rated in Feedback.of(load_settings().home).ratings():
                print(rated.model_dump_json())
        else:
            open_page(options.host, options.port)
    except AssistantError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def open_page(host: str | None, port: int | None) -> None:
    """Serve the chat page until it is interrupted, over the index that is there, or a new one with none there."""
    from assistant.app import serve
    from assistant.library import Library
    from ingest.__main__ import ProgressBar

    settings = load_settings()
    embedder = open_embedder(settings.embedding_model, settings.embedding_backend)
    with ProgressBar() as bar:
        Library(settings, embedder).bring_up_to_date(on_progress=bar.show)
    serve(
        Assistant(settings, embedder, open_writer(settings)),
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )


def describe(found: Answer) -> str:
    """An answer as text for a terminal, its sources in both languages below."""
    lines = [f"({found.notice})", ""] if found.notice else []
    lines.append(found.text)
    for citation in found.citations:
        path = " > ".join(citation.heading_path_en if found.language == "en" else citation.heading_path_ko)
        lines += ["", f"[{citation.number}] {citation.title} | {path} | {', '.join(citation.segment_ids)}"]
        for code, quote in (("en", citation.quote_en), ("ko", citation.quote_ko)):
            lines += [f"    {code}: {line}" for line in quote.splitlines()]
        lines += [f"    ! {one.segment_id}: {one.explanation(found.language)}" for one in citation.divergences]
        lines += [f"    {link.text}: {link.url}" for link in citation.links]
    for conflict in found.conflicts:
        lines += ["", f"  ! {conflict.explanation(found.language)}"]
        for side in conflict.sides:
            lines.append(f"    [{side.citation}] {side.segment_id}: {side.text(found.language)}")
    if found.suggestions:
        lines += ["", *(f"  > {suggestion}" for suggestion in found.suggestions)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
