"""The chat page. It receives an assistant, shows what it says, and has no logic of its own.

`turns` is the conversation, `render` makes the HTML, `wording` holds the words of the page in both languages, `page`
lays out the components and wires their events, and `server` puts the page on an address.
"""

from assistant.app.page import build_page
from assistant.app.server import serve
from assistant.app.turns import ChatAssistant, Turn

__all__ = ["ChatAssistant", "Turn", "build_page", "serve"]
