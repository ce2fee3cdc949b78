"""The page. It receives an assistant, shows what it says and what its library holds, and has no logic of its own.

`page` joins the tabs, one module each: `chat`, `coverage`, `documents`, `divergences`. `turns` is the conversation,
`render` and `markup` make the HTML, `export` the files to keep, `wording` holds the words in both languages, `parts`
what the tabs share, and `server` puts the page on an address.
"""

from assistant.app.page import build_page
from assistant.app.server import serve
from assistant.app.turns import ChatAssistant, Turn

__all__ = ["ChatAssistant", "Turn", "build_page", "serve"]
