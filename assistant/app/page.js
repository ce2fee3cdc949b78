() => {
  // A citation brings up its source: the sources of its answer come into view, the cited one highlighted.
  const show = (citation) => {
    const source = document.getElementById(citation.getAttribute("href").slice(1));
    const turn = source?.closest("[data-turn]");
    if (!turn) return;
    for (const sibling of turn.parentElement.children) sibling.hidden = sibling !== turn;
    for (const shown of document.querySelectorAll(".source.shown")) shown.classList.remove("shown");
    for (const active of document.querySelectorAll("a.cite[aria-current]")) active.removeAttribute("aria-current");
    citation.setAttribute("aria-current", "true");
    source.classList.add("shown");
    source.focus({ preventScroll: true });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const beside = matchMedia("(min-width: 861px)").matches;
    source.scrollIntoView({ behavior: still ? "auto" : "smooth", block: beside ? "nearest" : "start" });
  };
  document.addEventListener("click", (event) => {
    const citation = event.target instanceof Element ? event.target.closest("a.cite") : null;
    if (!citation) return;
    event.preventDefault();
    show(citation);
  });
}
