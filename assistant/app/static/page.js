() => {
  const wide = matchMedia("(min-width: 861px)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const bringUp = (element, block) => {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ behavior: still.matches ? "auto" : "smooth", block });
  };

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
    bringUp(source, wide.matches ? "nearest" : "start");
  };

  const status = document.createElement("p");
  status.id = "said";
  status.setAttribute("role", "status");
  document.body.append(status);
  let quiet;
  const say = (text) => {
    status.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => (status.textContent = ""), 4000 + 60 * text.length);
  };
  const copy = async ({ text, said, failed }) => {
    try {
      await navigator.clipboard.writeText(text);
      say(said);
    } catch {
      say(failed);
    }
  };

  // A file that is too large or no document is refused before it travels, in the visitor's language.
  const refuse = (event) => {
    const zone = event.target instanceof Element ? event.target.closest("#upload, #upload-folder") : null;
    const rule = document.getElementById("upload-rule");
    if (!zone || !rule) return;
    const endings = rule.dataset.suffixes.split(",");
    const isPage = ({ name }) => endings.some((ending) => name.toLowerCase().endsWith(ending));
    const files = [...(event.dataTransfer?.files ?? event.target.files ?? [])];
    const refused = files.find(
      (file) => file.size > rule.dataset.limit || (zone.id === "upload" && !isPage(file)),
    );
    if (!refused) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "change") event.target.value = "";
    say(`${refused.name}: ${rule.textContent}`);
  };
  for (const kind of ["change", "drop"]) document.addEventListener(kind, refuse, true);

  // The choice of language holds for a year; the conversation outlives the reload.
  const choose = (language) => {
    document.cookie = `soc_language=${language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  };

  const box = () => document.querySelector("#question textarea");
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("a, button") : null;
    if (!target) return;
    if (target.matches("a.cite, a.skip")) event.preventDefault();
    if (target.matches("a.cite")) show(target);
    else if (target.matches("a.skip, [data-do=edit]")) box()?.focus();
    else if (target.matches("[data-do=copy]")) copy(target.dataset);
    else if (target.matches("[data-language]")) choose(target.dataset.language);
  });

  // Gradio calls its examples a list, whose items must not be buttons.
  const mend = () => document.querySelector("#chat .examples[role=list]")?.setAttribute("role", "group");

  // A document opens at the segment that led to it, and the evidence of a cell comes into view.
  new MutationObserver(() => {
    mend();
    const found = document.querySelector("#reader .pair.shown:not([data-seen]), .cell-evidence:not([data-seen])");
    if (!found?.offsetParent) return;
    found.dataset.seen = "";
    bringUp(found, found.matches(".pair") ? "center" : wide.matches ? "nearest" : "start");
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["style", "class"] });
}
