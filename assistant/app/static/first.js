// Before anything else of the page: a visitor's choices stand over the browser's. Gradio asks the browser for the
// language, and the address for dark or light.
(() => {
  const chosen = document.cookie.match(/(?:^|; )soc_language=(ko|en)(?:;|$)/)?.[1];
  if (chosen) Object.defineProperty(navigator, "language", { configurable: true, get: () => chosen });
  document.documentElement.lang = (navigator.language || "en").toLowerCase().startsWith("ko") ? "ko" : "en";
  try {
    const theme = localStorage.getItem("soc-theme");
    const address = new URL(location.href);
    if (theme) history.replaceState(null, "", (address.searchParams.set("__theme", theme), address));
  } catch {
    // The store is forbidden: the page looks as the browser does.
  }
})();
