"""Puts the page on an address: this machine only, its own fonts, no share link, no analytics."""

from __future__ import annotations

import errno
import os
import socket
import sys
import webbrowser
from importlib.resources import files

import gradio as gr
from gradio.themes.utils.fonts import Font
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.app.page import DEFAULT_EXAMPLES, build_page
from assistant.app.turns import ChatAssistant
from corpus.errors import ConfigurationError

_FONTS = ("Segoe UI", "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic")
_HEADERS = {
    # Gradio's own scripts are inline and compile templates, hence the two 'unsafe' words; nothing may leave the origin.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


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
    here = files("assistant.app")
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
            css=here.joinpath("page.css").read_text("utf-8"),
            js=here.joinpath("page.js").read_text("utf-8"),
            app_kwargs={"middleware": [Middleware(SafeHeaders)]},
        )
    except OSError as error:
        raise _port_taken(port) from error
    return address


class SafeHeaders:
    """Adds headers that keep the page from loading or telling anything elsewhere, whatever a document contains."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


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
    fonts: list[Font | str] = ["-apple-system", *map(Font, _FONTS), "system-ui", "sans-serif"]
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
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
    )
