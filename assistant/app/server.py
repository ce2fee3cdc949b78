"""Puts the page on an address: this machine only, its own fonts, no share link, no analytics."""

from __future__ import annotations

import errno
import os
import socket
import sys
import webbrowser
from pathlib import Path

import gradio as gr
from gradio.themes.utils.fonts import Font
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.app.page import DEFAULT_EXAMPLES, build_page
from assistant.app.parts import TRANSLATIONS, static
from assistant.app.turns import ChatAssistant
from corpus.documents import MAX_BYTES
from corpus.errors import ConfigurationError

# Pretendard comes with the page; the others have the rarer syllables that its subset leaves out.
_FONTS = ("Pretendard", "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic")
_POLICY = {
    # Gradio's own scripts are inline and compile templates, hence the two 'unsafe' words; nothing may leave the origin.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_HEADERS = [(name.encode(), value.encode()) for name, value in _POLICY.items()]
_LENGTH = b"content-length"
_FONTS_AT = "/fonts"
_FIRST = f"<head><script>{static('first.js')}</script>".encode()


def serve(assistant: ChatAssistant, *, host: str, port: int) -> None:
    """Show the page until interrupted; print its address, and open it for a person at a terminal. Port 0: a free one.

    Raises:
        ConfigurationError: nothing can listen on this host and port.
    """
    page = build_page(assistant, examples=DEFAULT_EXAMPLES)
    address = launch(page, host=host, port=port)
    sys.stdout.write(f"SOC Assistant answers at {address} (Ctrl+C ends it)\n")
    sys.stdout.flush()
    if sys.stdout.isatty():
        webbrowser.open(address)
    page.block_thread()


def launch(page: gr.Blocks, *, host: str, port: int) -> str:
    """Put the page on its address, in the background, and return the address.

    Raises:
        ConfigurationError: nothing can listen on this host and port.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    fonts = Path(__file__).parent / "static" / "fonts"
    port = _usable_port(host, port)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            share=False,
            inbrowser=False,
            show_error=False,
            ssr_mode=False,
            run_history=False,
            enable_monitoring=False,
            footer_links=[],
            theme=_theme(),
            css=static("page.css"),
            js=static("page.js"),
            i18n=TRANSLATIONS,
            max_file_size=MAX_BYTES,
            app_kwargs={"middleware": [Middleware(Front)], "routes": [Mount(_FONTS_AT, StaticFiles(directory=fonts))]},
        )
    except OSError as error:
        raise _port_taken(port) from error
    return address


class Front:
    """Adds to every response headers that keep the page from loading or telling anything elsewhere, whatever a
    document contains; and puts the script that knows the visitor's language in front of all others of the page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response back with what is added."""

        is_page = scope["type"] == "http" and scope["path"] == "/"

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [header for header in message.get("headers", []) if not (is_page and header[0] == _LENGTH)]
                message = {**message, "headers": [*kept, *_HEADERS]}
            elif is_page and message["type"] == "http.response.body":
                message = {**message, "body": message.get("body", b"").replace(b"<head>", _FIRST, 1)}
            await send(message)

        await self.app(scope, receive, send_on)


def _usable_port(host: str, port: int) -> int:
    """The port, or a free one for 0, after checking that this process may listen there."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family) as server:
            free: int = server.getsockname()[1]
            return free
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise _port_taken(port) from error
        if error.errno == errno.EACCES:
            raise ConfigurationError(
                f"This user may not listen on port {port}.", remedy="Set SOC_PORT to a port above 1023."
            ) from error
        raise ConfigurationError(
            f"The chat page cannot listen on {host!r}: {error.strerror or error}.",
            remedy="Set SOC_HOST to an address of this machine, such as 127.0.0.1.",
        ) from error


def _port_taken(port: int) -> ConfigurationError:
    return ConfigurationError(
        f"Port {port} is in use by another program.",
        remedy="Stop that program, or set SOC_PORT to another port (0 takes a free one).",
    )


def _theme() -> gr.themes.Base:
    fonts: list[Font | str] = [*map(Font, _FONTS), "system-ui", "sans-serif"]
    mono: list[Font | str] = ["ui-monospace", Font("Noto Sans Mono CJK KR"), "monospace"]
    return gr.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="lg",
        font=fonts,
        font_mono=mono,
    ).set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
    )
