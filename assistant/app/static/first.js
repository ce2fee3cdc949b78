// Before anything else of the page: a visitor's choice of language stands over the browser's. Gradio asks the browser.
(() => {
  const chosen = document.cookie.match(/(?:^|; )soc_language=(ko|en)(?:;|$)/)?.[1];
  if (chosen) Object.defineProperty(navigator, "language", { configurable: true, get: () => chosen });
  document.documentElement.lang = (navigator.language || "en").toLowerCase().startsWith("ko") ? "ko" : "en";
})();
