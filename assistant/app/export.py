"""A conversation as a Markdown file and as an HTML file to print, with its full citations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from assistant.app.markup import quotes, safe_url
from assistant.app.turns import Turn
from assistant.app.wording import LANGUAGE_NAMES, explained, words
from assistant.records import Answer, Citation
from corpus.documents import Language

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!~&])")
_STYLE = """
body { font: 11pt/1.55 Pretendard, "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", system-ui, sans-serif;
  color: #111; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; border-top: 1px solid #bbb; padding-top: 1rem; }
h3 { font-size: 1rem; margin-bottom: .2rem; } .named { font-size: .85rem; margin: .5rem 0 0; color: #444; }
.text { white-space: pre-line; } .place, .made { color: #444; font-size: .9rem; }
blockquote { margin: 0; padding-left: .8rem; border-left: 3px solid #888; white-space: pre-line; }
.quotes { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } article { break-inside: avoid; }
aside { border: 1px solid #888; padding: .5rem .8rem; margin: .8rem 0; }
"""


def markdown(turns: Sequence[Turn], language: Language) -> str:
    """The conversation as Markdown. Text of users and documents is escaped: it says nothing but itself."""
    says = words(language)
    lines = [f"# {says['export_title']}", ""]
    for turn in turns:
        lines += [f"## {_plain(turn.question)}", "", *_reply_lines(turn, language), ""]
    return "\n".join(lines)


def printable(turns: Sequence[Turn], language: Language) -> str:
    """The conversation as one HTML file that loads nothing and runs nothing."""
    says = words(language)
    body = "".join(f"<h2>{escape(turn.question)}</h2>{_reply_html(turn, language)}" for turn in turns)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{says['export_title']}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{says['export_title']}</h1>{body}</body></html>\n"
    )


def _reply_lines(turn: Turn, language: Language) -> list[str]:
    answer = turn.answer
    if answer is None:
        return [_plain(_without_answer(turn, language))]
    says = words(answer.language)
    verdict = _verdict(answer)
    lines = [f"**{_plain(verdict)}**", ""] if verdict else []
    lines += [_text_line(line) for line in answer.text.splitlines()]
    if turn.state == "stopped":
        lines += ["", f"*{words(language)['stopped']}*"]
    for divergence in answer.divergences:
        explanation = divergence.explanation(answer.language)
        lines += ["", f"> **{says['divergence_title']}** ({_plain(divergence.segment_id)}): {_plain(explanation)}"]
        lines += [f"> - {LANGUAGE_NAMES['ko']}: {_plain(divergence.ko)}"]
        lines += [f"> - {LANGUAGE_NAMES['en']}: {_plain(divergence.en)}"]
    for conflict in answer.conflicts:
        lines += ["", f"> **{says['conflict_title']}**: {_plain(conflict.explanation(answer.language))}"]
        for side in conflict.sides:
            lines.append(f"> - [{side.citation}] ({_plain(side.segment_id)}) {_plain(side.text(answer.language))}")
    for citation in answer.citations:
        lines += ["", *_citation_lines(citation, answer.language)]
    return [*lines, "", f"<sub>{_made(answer, language)}</sub>"]


def _citation_lines(citation: Citation, language: Language) -> list[str]:
    place = " › ".join(citation.heading_path_ko if language == "ko" else citation.heading_path_en)
    lines = [f"**[{citation.number}]** {_plain(citation.title)} — {_plain(place)} — {_segments(citation, '`')}"]
    texts: dict[Language, str] = {"ko": citation.quote_ko, "en": citation.quote_en}
    for of, quote in texts.items():
        lines += [f"> {LANGUAGE_NAMES[of]}: {_plain(line)}  " for line in quote.splitlines()]
    addresses = dict.fromkeys(filter(None, [citation.source_url, *(link.url for link in citation.links)]))
    safe = [address for address in map(safe_url, addresses) if address]
    return lines + [f"- <{address.replace('<', '%3C').replace('>', '%3E')}>" for address in safe]


def _reply_html(turn: Turn, language: Language) -> str:
    answer = turn.answer
    if answer is None:
        return f"<p>{escape(_without_answer(turn, language))}</p>"
    says = words(answer.language)
    verdict = _verdict(answer)
    parts = [f"<p><b>{escape(verdict)}</b></p>" if verdict else "", f'<p class="text">{escape(answer.text)}</p>']
    if turn.state == "stopped":
        parts.append(f"<p><i>{words(language)['stopped']}</i></p>")
    for one in answer.divergences:
        explanation = one.explanation(answer.language)
        parts.append(
            f"<aside><b>{says['divergence_title']}</b> ({escape(one.segment_id)})"
            f"{quotes(one.ko, one.en, answer.language, differs=explanation)}<p>{escape(explanation)}</p></aside>"
        )
    for conflict in answer.conflicts:
        sides = "".join(
            f"<p>[{side.citation}] ({escape(side.segment_id)}) {escape(side.text(answer.language))}</p>"
            for side in conflict.sides
        )
        explanation = escape(conflict.explanation(answer.language))
        parts.append(f"<aside><b>{says['conflict_title']}</b>{sides}<p>{explanation}</p></aside>")
    for citation in answer.citations:
        place = " › ".join(citation.heading_path_ko if answer.language == "ko" else citation.heading_path_en)
        address = safe_url(citation.source_url or "")
        source = f'<br><a href="{escape(address)}">{escape(address)}</a>' if address else ""
        parts.append(
            f"<article><h3>[{citation.number}] {escape(citation.title)}</h3>"
            f'<p class="place">{escape(place)} · {_segments(citation)}{source}</p>'
            f"{quotes(citation.quote_ko, citation.quote_en, answer.language)}</article>"
        )
    return f'<div lang="{answer.language}">{"".join(parts)}</div><p class="made">{_made(answer, language)}</p>'


def _without_answer(turn: Turn, language: Language) -> str:
    says = words(language)
    if turn.failure is None:
        return says["stopped"]
    problem, *_ = explained(turn.failure, language)
    return says["export_failed"].format(problem=problem)


def _verdict(answer: Answer) -> str:
    says = words(answer.language)
    if answer.abstained:
        return says["not_stated"]
    if answer.verdict is None:
        return ""
    return f"{says[answer.verdict]} ({answer.condition})" if answer.condition else says[answer.verdict]


def _made(answer: Answer, language: Language) -> str:
    now = datetime.now(UTC).isoformat(timespec="minutes")
    return escape(words(language)["export_made"].format(time=now, index=answer.index))


def _segments(citation: Citation, quote: str = "") -> str:
    return " ".join(f"{quote}{escape(one).replace('`', '')}{quote}" for one in citation.segment_ids)


def _text_line(line: str) -> str:
    item = re.match(r"\s*[-*•]\s+", line)
    escaped = _plain(line[item.end() :] if item else line)
    # A citation's number is the answer's own and stays readable.
    return ("- " if item else "") + re.sub(r"\\\[(\d+)\\\]", r"[\1]", escaped)


def _plain(text: str) -> str:
    """The text on one line, with everything escaped that Markdown or HTML would read."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
